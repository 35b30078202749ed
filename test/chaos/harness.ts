import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll } from 'vitest';
import { migrate } from '../../prisma/migrate.ts';
import type { Servers } from '../../scripts/servers.mjs';
import { type Client, type DeliveryAnswer, makeTenant, testEnv } from '../support/passwire.ts';
import { eventually } from '../support/poll.ts';
import { type ApiProcess, type Env, type Processes, type TestProcess, useProcesses } from '../support/processes.ts';
import { Receiver } from '../support/receiver.ts';
import { usePrivateServers } from '../support/servers.ts';

const BATCH = 5;
const PAGE = 100;
/** How often a client repeats a request that was refused, as one that means it would. */
const REPEAT_MS = 100;

/** An installation of which everything can be broken: servers, API and workers of its own. */
export class Chaos {
  readonly servers: Servers;
  readonly receiver: Receiver;
  readonly #processes: Processes;
  readonly #env: Env;
  #api: ApiProcess | undefined;
  #workers: TestProcess[] = [];

  constructor(servers: Servers, receiver: Receiver, processes: Processes, env: Env) {
    this.servers = servers;
    this.receiver = receiver;
    this.#processes = processes;
    this.#env = env;
  }

  /** The API that was started last, on a port of its own. */
  get api(): ApiProcess {
    if (!this.#api) throw new Error('the API is there when it was started');
    return this.#api;
  }

  /** The workers that run now. */
  get workers(): readonly TestProcess[] {
    return this.#workers.filter(({ running }) => running);
  }

  /** Starts what does not run of an API and two workers. */
  async start(): Promise<void> {
    const missing = Array.from({ length: Math.max(0, 2 - this.workers.length) }, () => this.startWorker());
    const api = this.#api?.running ? this.#api : this.#processes.startApi(this.#env);
    [this.#api] = await Promise.all([api, ...missing]);
  }

  async startWorker(env: Env = {}): Promise<TestProcess> {
    const worker = await this.#processes.startWorker({ ...this.#env, ...env });
    this.#workers.push(worker);
    return worker;
  }

  /** kill -9 of API and workers. */
  async killAll(): Promise<void> {
    await Promise.all([this.#api, ...this.#workers].map((one) => one?.kill()));
  }

  /** A new tenant, and a client with a key of it that speaks to the API of the moment. */
  makeTenant(): Promise<Client & { readonly tenantId: string }> {
    return makeTenant(() => this.api.url, this.#env);
  }
}

/** Private servers and a receiver for a test file; API and workers are started, and killed, by its tests. */
export function useChaos(extraEnv: Env = {}): () => Chaos {
  const servers = usePrivateServers();
  const processes = useProcesses();
  let chaos: Chaos | undefined;
  beforeAll(async () => {
    const { postgres, redis } = servers();
    await migrate(postgres.url);
    const urls = { DATABASE_URL: postgres.url, REDIS_URL: redis.url };
    const env = { ...testEnv(), ...urls, RECOVER_INTERVAL_MS: '1000', ...extraEnv };
    chaos = new Chaos(servers(), await Receiver.start(), processes, env);
  });
  afterAll(async () => {
    await chaos?.receiver.close();
  });
  return () => {
    if (!chaos) throw new Error('the installation is there from beforeAll on');
    return chaos;
  };
}

/** One run's tenant and its traffic. */
export interface Scenario {
  readonly tenant: Client;
  /** Where the receiver gets the tenant's deliveries. */
  readonly path: string;
  readonly traffic: Traffic;
}

/** @param receiverDelayMs how long the receiver takes to answer, so that there is something in flight */
export async function startScenario(chaos: Chaos, { receiverDelayMs = 5 } = {}): Promise<Scenario> {
  await chaos.start();
  const tenant = await chaos.makeTenant();
  const templateId = await tenant.makeTemplate();
  const { id: integrationId } = await tenant.makeIntegration({
    dialect: 'standard',
    policy: { scheduleMs: [0, 200, 200, 500, 500, 1000, 1000], timeoutMs: 15_000 },
  });
  const path = `/${tenant.tenantId}`;
  chaos.receiver.answer(path, { delayMs: receiverDelayMs });
  await tenant.subscribe({ integrationId, templateId, trigger: 'pass.created', url: chaos.receiver.url(path) });
  return { tenant, path, traffic: new Traffic(tenant, templateId) };
}

interface BatchAnswer {
  readonly results: readonly { readonly status: string; readonly id?: string }[];
}

/**
 * A producer that keeps sending batches and repeats with the same ids whatever was answered with 503 or not at all, as
 * docs tell producers to.
 */
export class Traffic {
  /** Event ids by the producer's ids: what was answered as accepted. */
  readonly accepted = new Map<string, string>();
  /** Requests that were repeated. */
  repeats = 0;
  readonly #client: Client;
  readonly #templateId: string;

  constructor(client: Client, templateId: string) {
    this.#client = client;
    this.#templateId = templateId;
  }

  /** Sends `count` events, `streams` batches at a time, and resolves when all are accepted. */
  async send(count: number, streams = 4): Promise<void> {
    let left = count;
    const stream = async (): Promise<void> => {
      while (left > 0) {
        const size = Math.min(BATCH, left);
        left -= size;
        await this.#sendBatch(Array.from({ length: size }, () => randomUUID()));
      }
    };
    await Promise.all(Array.from({ length: streams }, stream));
  }

  /** Waits until that many events are accepted. */
  async reaches(count: number): Promise<void> {
    await eventually(() => this.accepted.size >= count, { what: `${count} events accepted`, withinMs: 60_000, everyMs: 5 });
  }

  async #sendBatch(producerIds: readonly string[]): Promise<void> {
    const events = producerIds.map((id) => ({
      id,
      type: 'pass.created',
      templateId: this.#templateId,
      occurredAt: '2026-03-01T12:00:00Z',
      pass: { id: `pass-${id}` },
    }));
    const { results } = await eventually(() => this.#tryBatch(events), {
      what: 'a batch accepted',
      withinMs: 60_000,
      everyMs: REPEAT_MS,
    });
    for (const [n, producerId] of producerIds.entries()) {
      const id = results[n]?.id;
      if (!id) throw new Error(`event ${producerId} was refused: ${JSON.stringify(results[n])}`);
      this.accepted.set(producerId, id);
    }
  }

  async #tryBatch(events: readonly object[]): Promise<BatchAnswer | undefined> {
    // the fault may break the connection or cut the answer off: a producer sends the same ids again, for a bounded time
    const answer = await this.#client.call<BatchAnswer>('POST', '/v1/events/batch', { events }).catch(() => undefined);
    if (answer && answer.status < 300) return answer.body;
    if (answer && answer.status !== 503) throw new Error(`${answer.status} ${answer.text}`);
    this.repeats += 1;
    return undefined;
  }
}

/** What became of a scenario's events. */
export interface Tally {
  readonly accepted: number;
  /** Deliveries by state. */
  readonly states: Readonly<Record<string, number>>;
  /** Accepted events without a delivery, and deliveries that the receiver never got. */
  readonly lost: number;
  /** Requests beyond the first of a delivery. */
  readonly duplicates: number;
  /** `webhook-id`s that the receiver got and no delivery has. */
  readonly strangers: number;
  /** When the receiver got its last request, in Unix milliseconds. */
  readonly lastAtMs: number;
}

/** Waits until every delivery has ended, then counts what was accepted, ended and received. */
export async function tallyWhenEnded(chaos: Chaos, scenario: Scenario, withinMs: number): Promise<Tally> {
  const { tenant, traffic, path } = scenario;
  await eventually(
    async () => {
      for (const state of ['pending', 'delivering', 'retrying']) {
        if ((await tenant.deliveries({ state, limit: '1' })).length > 0) return false;
      }
      return true;
    },
    { what: 'the end of every delivery', withinMs, everyMs: 200 },
  );
  const deliveries = await allDeliveries(tenant);
  const received = new Map<string, number>();
  const requests = chaos.receiver.at(path);
  for (const { headers } of requests) {
    const id = String(headers['webhook-id']);
    received.set(id, (received.get(id) ?? 0) + 1);
  }
  const byEvent = new Map(deliveries.map((delivery) => [String(delivery.eventId), delivery]));
  const lost = [...traffic.accepted.values()].filter((id) => !received.has(byEvent.get(id)?.messageId ?? ''));
  const ours = new Set(deliveries.map(({ messageId }) => messageId));
  const states: Record<string, number> = {};
  for (const { state } of deliveries) states[state] = (states[state] ?? 0) + 1;
  return {
    accepted: traffic.accepted.size,
    states,
    lost: lost.length,
    duplicates: requests.length - received.size,
    strangers: [...received.keys()].filter((id) => !ours.has(id)).length,
    lastAtMs: Math.max(...requests.map(({ atMs }) => atMs)),
  };
}

async function allDeliveries(client: Client): Promise<readonly DeliveryAnswer[]> {
  const all: DeliveryAnswer[] = [];
  let cursor: string | null = null;
  do {
    const query: string = new URLSearchParams({ limit: String(PAGE), ...(cursor && { cursor }) }).toString();
    const page: { data: DeliveryAnswer[]; nextCursor: string | null } = await client.ok('GET', `/v1/deliveries?${query}`);
    all.push(...page.data);
    cursor = page.nextCursor;
  } while (cursor);
  return all;
}
