import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { migrate } from '../../../prisma/migrate.ts';
import { Unavailable } from '../../../src/domain/errors.ts';
import { toUuid } from '../../../src/domain/id.ts';
import { type Database, openDatabase } from '../../../src/store/database.ts';
import { eventually } from '../../support/poll.ts';
import { usePrivateServers } from '../../support/servers.ts';
import { givenSubscription } from '../store/samples.ts';
import { createIngest, givenSetup, type Ingest, install, type Setup } from './installation.ts';

const servers = usePrivateServers();
const CLIENTS = 8;
const BATCH = 20;
let db: ReturnType<typeof openDatabase>;

beforeAll(async () => {
  await migrate(servers().postgres.url);
  db = openDatabase({ url: servers().postgres.url, connectTimeoutMs: 1000 });
});
afterAll(() => db?.close());

/** Sends batches until stopped; repeats with the same ids those that were Unavailable. Returns how many were. */
async function send(ingest: Ingest, setup: Setup, accepted: Map<string, string>, stopped: () => boolean): Promise<number> {
  let refusals = 0;
  while (!stopped()) {
    const items = Array.from({ length: BATCH }, () => install(setup, `pass-${randomUUID()}`, { id: randomUUID() }));
    const results = await eventually(
      async () => {
        try {
          return await ingest.ingest(setup.tenantId, items);
        } catch (error) {
          if (!(error instanceof Unavailable)) return [];
          refusals += 1;
          return false;
        }
      },
      { everyMs: 100 },
    );
    for (const [n, { event }] of items.entries()) {
      const result = results[n];
      accepted.set(event.id ?? '', result?.kind === 'accepted' ? result.id : 'not accepted');
    }
  }
  return refusals;
}

async function stored(of: Database, { tenantId }: Setup) {
  const tenant = toUuid(tenantId);
  const events = await of.event.findMany({
    where: { tenantId: tenant },
    select: { id: true, producerId: true, type: true },
  });
  const deliveries = await of.delivery.findMany({ where: { tenantId: tenant }, select: { eventId: true } });
  const keys = await of.$queryRaw<{ producer_id: string; event_id: string }[]>`
    SELECT producer_id, event_id FROM event_keys WHERE tenant_id = ${tenant}::uuid`;
  const [{ passes } = { passes: -1 }] = await of.$queryRaw<{ passes: number }[]>`
    SELECT count(DISTINCT pass_id)::int AS passes FROM installations WHERE tenant_id = ${tenant}::uuid`;
  return { events, deliveries, keys, passes };
}

test('Postgres killed in mid-run: Unavailable, and each stored event is stored whole and once', async () => {
  const setup = await givenSetup(db, 'pass.installed');
  await givenSubscription(db, setup.integration, { trigger: 'pass.first_installed' });
  const ingest = createIngest(db);
  const accepted = new Map<string, string>();
  let done = false;
  const clients = Promise.all(Array.from({ length: CLIENTS }, () => send(ingest, setup, accepted, () => done)));
  await eventually(() => accepted.size >= 5 * CLIENTS * BATCH);
  await servers().postgres.kill();
  await expect(ingest.ingest(setup.tenantId, [install(setup, 'p')])).rejects.toThrow(Unavailable);
  await servers().postgres.start();
  const before = accepted.size;
  await eventually(() => accepted.size >= before + 5 * CLIENTS * BATCH);
  done = true;
  const refusals = await clients;
  expect(refusals.filter((count) => count > 0).length).toBeGreaterThan(0);

  const { events, deliveries, keys, passes } = await stored(db, setup);
  const posted = events.filter(({ type }) => type === 'pass.installed');
  expect(new Map(posted.map(({ id, producerId }) => [producerId, `evt_${id}`]))).toEqual(accepted);
  expect(posted).toHaveLength(accepted.size);
  expect(events).toHaveLength(2 * accepted.size);
  expect(new Map(keys.map(({ producer_id, event_id }) => [producer_id, `evt_${event_id}`]))).toEqual(accepted);
  expect(passes).toBe(accepted.size);
  expect(deliveries.map(({ eventId }) => eventId).sort()).toEqual(events.map(({ id }) => id).sort());
});
