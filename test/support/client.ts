import { randomBytes } from 'node:crypto';
import type { Env } from './node-process.ts';
import { eventually, type PollOptions } from './poll.ts';

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

/** What API and worker of a test run with, beside their database and Redis. */
export function testEnv(): Record<string, string> {
  return {
    ADMIN_KEY: randomBytes(24).toString('hex'),
    ENCRYPTION_KEYS: `test:${randomBytes(32).toString('base64')}`,
    ALLOWED_PRIVATE_NETWORKS: '127.0.0.0/8',
    ALLOW_HTTP: 'true',
    LOG_LEVEL: 'info',
    WORKER_HOST: '127.0.0.1',
    WORKER_PORT: '0',
    RECOVER_INTERVAL_MS: '500',
    KEY_OTHER_REQUESTS_PER_SECOND: '100000', // tests make more in a second than people do
  };
}

/** A client with a key of a tenant, which the console signs in with too. */
export type TenantClient = Client & { readonly tenantId: string; readonly key: string };

/** A new tenant, and a client with a key of it. */
export async function makeTenant(url: () => string, env: Env): Promise<TenantClient> {
  const admin = new Client(url, env.ADMIN_KEY ?? '');
  const { id: tenantId } = await admin.ok<{ id: string }>('POST', '/v1/tenants', { name: 'Acme' });
  const { key } = await admin.ok<{ key: string }>('POST', '/v1/api-keys', { name: 'test', role: 'tenant', tenantId });
  return Object.assign(new Client(url, key), { tenantId, key });
}
