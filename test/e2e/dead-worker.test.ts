import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { migrate } from '../../prisma/migrate.ts';
import { slowdown } from '../support/busy-machine.ts';
import { type Client, makeTenant, testEnv } from '../support/client.ts';
import { eventually } from '../support/poll.ts';
import type { TestProcess } from '../support/process.ts';
import { useProcesses } from '../support/processes.ts';
import { type Received, Receiver } from '../support/receiver.ts';
import { usePrivateServers } from '../support/servers.ts';

// Two workers, one of which dies or stalls, and a Postgres that stops answering, as in production: nothing else releases what
// a worker has claimed before its lease of 40 s runs out.

const servers = usePrivateServers();
const processes = useProcesses();
const { RECOVER_INTERVAL_MS: _, ...env } = testEnv();
const ENDPOINTS = 6;
const EVENTS = 24;
/** From the kill to the request that replaces the one cut off. */
const RELEASED_WITHIN_MS = 10_000;

let receiver: Receiver;
let api: { readonly url: string };

beforeAll(async () => {
  await migrate(servers().postgres.url);
  receiver = await Receiver.start();
  api = await processes.startApi(environment());
});
afterAll(() => receiver.close());

function environment(): Record<string, string> {
  return { ...env, DATABASE_URL: servers().postgres.url, REDIS_URL: servers().redis.url };
}

async function twoWorkers(): Promise<readonly [TestProcess, TestProcess]> {
  const [one, other] = [await processes.startWorker(environment()), await processes.startWorker(environment())];
  for (const worker of [one, other]) await worker.waitUntil(() => worker.output.includes('worker started'));
  return [one, other];
}

/** Emits events to endpoints of one tenant, each of which answers after `delayMs`, and waits until all are being sent. */
async function allInFlight(delayMs: number): Promise<{ readonly tenant: Client; readonly requests: () => Received[] }> {
  const tenant = await makeTenant(() => api.url, environment());
  const templateId = await tenant.makeTemplate();
  const integration = {
    dialect: 'standard',
    policy: { retryDelaysMs: [], timeoutMs: 30_000 },
    limits: { maxInFlight: 10 },
  };
  const { id: integrationId } = await tenant.makeIntegration(integration);
  const paths = Array.from({ length: ENDPOINTS }, (_, n) => `/${tenant.tenantId}/${n}`);
  for (const path of paths) {
    await tenant.subscribe({ integrationId, templateId, trigger: 'pass.created', url: receiver.url(path) });
    receiver.answer(path, { delayMs: 0 });
  }
  const requests = () => receiver.requests.filter(({ path }) => path.startsWith(`/${tenant.tenantId}/`));
  const emit = (passId: string) => {
    const event = { type: 'pass.created', templateId, occurredAt: '2026-03-01T12:00:00Z', pass: { id: passId } };
    return tenant.emit(event);
  };
  for (let n = 0; n < 4; n++) await emit(`first-${n}`); // successes, so that the endpoints' shares grow
  await allEnded(tenant);
  const before = requests().length;
  for (const path of paths) receiver.answer(path, { delayMs });
  for (let n = 0; n < EVENTS / ENDPOINTS; n++) await emit(`pass-${n}`);
  await eventually(() => requests().length === before + EVENTS, { what: 'all events sent' });
  return { tenant, requests: () => requests().slice(before) };
}

async function allEnded(tenant: Client): Promise<void> {
  const ended = await eventually(async () => {
    const deliveries = await tenant.deliveries({});
    return deliveries.length > 0 && deliveries.every(({ endedAt }) => endedAt !== null) && deliveries;
  });
  expect(new Set(ended.map(({ state }) => state))).toEqual(new Set(['succeeded']));
}

function idsOf(requests: readonly Received[]): (string | undefined)[] {
  return requests.map(({ headers }) => headers['webhook-id']?.toString());
}

test('another worker sends a killed one’s deliveries in flight within ten seconds, and nothing else twice', async () => {
  const [killed, other] = await twoWorkers();
  const { tenant, requests } = await allInFlight(5000);
  const killedAtMs = Date.now();
  await killed.kill();
  await allEnded(tenant);
  const again = requests().slice(EVENTS);
  expect(again.length).toBeGreaterThan(0);
  expect(new Set(idsOf(again)).size).toBe(again.length);
  for (const { atMs } of again) expect(atMs - killedAtMs).toBeLessThan(RELEASED_WITHIN_MS * slowdown());
  const released = other.log.find(({ deliveries }) => deliveries !== undefined);
  expect(released?.deliveries).toBe(again.length);
  await other.stop();
});

test('a worker stopped for five seconds, and one that waits for a slow receiver, keep their deliveries', async () => {
  const workers = await twoWorkers();
  const { tenant, requests } = await allInFlight(15_000);
  workers[0].signal('SIGSTOP');
  await sleep(5000);
  workers[0].signal('SIGCONT');
  await allEnded(tenant);
  expect(requests()).toHaveLength(EVENTS);
  await Promise.all(workers.map((worker) => worker.stop()));
});

test('no worker is dead because Postgres is: frozen for longer than a worker may be silent, then restarted', async () => {
  const workers = await twoWorkers();
  const { tenant, requests } = await allInFlight(18_000);
  const { postgres } = servers();
  postgres.freeze();
  await sleep(10_000);
  postgres.thaw();
  await sleep(2000);
  await postgres.restart();
  await allEnded(tenant);
  expect(requests()).toHaveLength(EVENTS);
  await Promise.all(workers.map((worker) => worker.stop()));
});
