import { randomBytes } from 'node:crypto';
import { Redis } from 'ioredis';
import { afterAll, beforeAll } from 'vitest';
import { createTestDatabase, type TestDatabase } from './database.ts';
import { eventually, type PollOptions } from './poll.ts';
import { type ApiProcess, type Env, type Processes, type TestProcess, useProcesses } from './processes.ts';
import { Receiver } from './receiver.ts';
import { sharedServers } from './servers.ts';

/** A JSON answer, to be looked into as deep as a test needs. */
export type Json = { readonly [name: string]: unknown };

export interface Answer<T = Json> {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: T;
}

export interface DeliveryAnswer extends Json {
  readonly id: string;
  readonly state: string;
  readonly attempts: readonly Json[];
  readonly messageId: string;
}

interface SecretAnswer {
  readonly id: string;
  readonly kind: string;
  readonly value?: string;
  readonly publicKey?: string;
}

/** Speaks to the API with one key. */
export class Client {
  readonly #url: () => string;
  readonly #key: string;

  constructor(url: () => string, key: string) {
    this.#url = url;
    this.#key = key;
  }

  async call<T = Json>(method: string, path: string, body?: unknown, headers: Env = {}): Promise<Answer<T>> {
    const sent = body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) };
    const response = await fetch(`${this.#url()}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.#key}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...sent,
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      text,
      body: text === '' ? ({} as T) : (JSON.parse(text) as T),
    };
  }

  /** The body of an answer that must be a success. */
  async ok<T = Json>(method: string, path: string, body?: unknown): Promise<T> {
    const answer = await this.call<T>(method, path, body);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
    return answer.body;
  }

  async makeTemplate(template: object = {}): Promise<string> {
    return (await this.ok<{ id: string }>('POST', '/v1/templates', { name: 'Loyalty', externalId: 'loyalty', ...template }))
      .id;
  }

  async makeIntegration(integration: object): Promise<{ id: string; secrets: readonly SecretAnswer[] }> {
    return this.ok('POST', '/v1/integrations', { name: 'receiver', ...integration });
  }

  async subscribe(subscription: object): Promise<string> {
    return (await this.ok<{ id: string }>('POST', '/v1/subscriptions', subscription)).id;
  }

  async emit(event: object): Promise<string> {
    return (await this.ok<{ id: string }>('POST', '/v1/events', event)).id;
  }

  delivery(id: string): Promise<DeliveryAnswer> {
    return this.ok('GET', `/v1/deliveries/${id}`);
  }

  async deliveries(query: Env): Promise<readonly DeliveryAnswer[]> {
    const { data } = await this.ok<{ data: DeliveryAnswer[] }>(
      'GET',
      `/v1/deliveries?${new URLSearchParams({ limit: '100', ...query })}`,
    );
    return data;
  }

  /** Waits until the only delivery of an event is in one of the states. */
  async settled(eventId: string, states: readonly string[], options: PollOptions = {}): Promise<DeliveryAnswer> {
    return eventually(
      async () => {
        const [delivery] = await this.deliveries({ eventId });
        return delivery && states.includes(delivery.state) && delivery;
      },
      { what: `the delivery of ${eventId} ${states.join(' or ')}`, ...options },
    );
  }
}

export interface Passwire {
  readonly api: ApiProcess;
  readonly worker: TestProcess;
  readonly admin: Client;
  readonly receiver: Receiver;
  readonly env: Env;
  readonly processes: Processes;
  /** Another worker of the same installation. */
  startWorker(env?: Env): Promise<TestProcess>;
  /** A new tenant with a key of its own. */
  makeTenant(): Promise<Client & { readonly tenantId: string }>;
}

/** What API and worker of a test run with, beside their database and Redis. */
export function testEnv(): Record<string, string> {
  return {
    ADMIN_KEY: randomBytes(24).toString('hex'),
    ENCRYPTION_KEYS: `test:${randomBytes(32).toString('base64')}`,
    ALLOWED_PRIVATE_NETWORKS: '127.0.0.0/8',
    ALLOW_HTTP: 'true',
    LOG_LEVEL: 'info',
    RECOVER_INTERVAL_MS: '500',
  };
}

/**
 * A whole installation for one test file: its own database, its own keys in Redis, an API process, a worker process and a
 * receiver. Started before the tests, gone after them.
 */
export function usePasswire(extraEnv: Env = {}): () => Passwire {
  const processes = useProcesses();
  let passwire: Passwire | undefined;
  let database: TestDatabase | undefined;
  const prefix = `test-${randomBytes(6).toString('hex')}`;

  beforeAll(async () => {
    database = await createTestDatabase();
    const env = {
      ...testEnv(),
      DATABASE_URL: database.url,
      REDIS_URL: sharedServers().redisUrl,
      REDIS_PREFIX: prefix,
      ...extraEnv,
    };
    const [receiver, api, worker] = await Promise.all([
      Receiver.start(),
      processes.startApi(env),
      processes.startWorker(env),
    ]);
    passwire = assemble(processes, env, api, worker, receiver);
  });

  afterAll(async () => {
    if (passwire) await Promise.all([passwire.api.kill(), passwire.worker.kill(), passwire.receiver.close()]);
    await database?.drop();
    await forgetKeys(prefix);
  });

  return () => {
    if (!passwire) throw new Error('Passwire is there from beforeAll on');
    return passwire;
  };
}

/** Puts clients around processes that run already. */
function assemble(processes: Processes, env: Env, api: ApiProcess, worker: TestProcess, receiver: Receiver): Passwire {
  const url = (): string => api.url;
  const admin = new Client(url, env.ADMIN_KEY ?? '');
  return {
    api,
    worker,
    admin,
    receiver,
    env,
    processes,
    startWorker: (more = {}) => processes.startWorker({ ...env, ...more }),
    makeTenant: () => makeTenant(url, env),
  };
}

/** A new tenant, and a client with a key of it. */
export async function makeTenant(url: () => string, env: Env): Promise<Client & { readonly tenantId: string }> {
  const admin = new Client(url, env.ADMIN_KEY ?? '');
  const { id: tenantId } = await admin.ok<{ id: string }>('POST', '/v1/tenants', { name: 'Acme' });
  const { key } = await admin.ok<{ key: string }>('POST', '/v1/api-keys', { name: 'test', role: 'tenant', tenantId });
  return Object.assign(new Client(url, key), { tenantId });
}

async function forgetKeys(prefix: string): Promise<void> {
  const redis = new Redis(sharedServers().redisUrl);
  for await (const keys of redis.scanStream({ match: `${prefix}*`, count: 1000 })) {
    if (keys.length > 0) await redis.del(...(keys as string[]));
  }
  redis.disconnect();
}
