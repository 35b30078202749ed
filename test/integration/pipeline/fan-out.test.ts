import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { toUuid } from '../../../src/domain/id.ts';
import type { EventResult } from '../../../src/pipeline/classify-events.ts';
import type { Database } from '../../../src/store/database.ts';
import { givenSetup, item, type Setup, useTwoInstances } from './installation.ts';

const instances = useTwoInstances();
const MIB = 1024 * 1024;

/** A tenant with so many subscriptions to one trigger. */
async function givenFanOut(db: Database, subscriptions: number): Promise<Setup> {
  const setup = await givenSetup(db);
  const row = await db.subscription.findUniqueOrThrow({ where: { id: toUuid(setup.subscription.id) } });
  const copies = Array.from({ length: subscriptions - 1 }, () => ({ ...row, id: randomUUID() }));
  await db.subscription.createMany({
    data: copies as NonNullable<Parameters<Database['subscription']['createMany']>[0]>['data'],
  });
  return setup;
}

function batch(of: Setup, size: number) {
  return Array.from({ length: size }, (_, n) => item(of, { id: `event-${n}` }));
}

function outcomeOf(result: EventResult): string {
  return result.kind === 'refused' ? result.code : `${result.duplicate ? 'duplicate' : result.deliveries}`;
}

async function storedOf(db: Database, { tenantId }: Setup) {
  return db.$queryRaw<{ deliveries: number }[]>`
    SELECT (SELECT count(*)::int FROM deliveries d WHERE d.event_id = e.id) AS deliveries
    FROM events e WHERE e.tenant_id = ${toUuid(tenantId)}::uuid ORDER BY e.id`;
}

test('a batch of 1,000 events for 1,000 subscriptions: bounded in deliveries and memory, and others are served meanwhile', async () => {
  const { db, one } = instances();
  const [large, small] = [await givenFanOut(db, 1000), await givenSetup(db)];
  await one.ingest(large.tenantId, [item(large)]); // loads the configuration
  const items = batch(large, 1000);
  const before = process.memoryUsage().rss;
  let mostBytes = 0;
  const sampling = setInterval(() => {
    mostBytes = Math.max(mostBytes, process.memoryUsage().rss - before);
  }, 20);
  let isDone = false;
  const storing = one.ingest(large.tenantId, items).finally(() => {
    isDone = true;
  });
  let served = 0;
  while (!isDone) {
    await one.ingest(small.tenantId, [item(small)]);
    if (!isDone) served += 1;
  }
  clearInterval(sampling);
  const outcomes = (await storing).map(outcomeOf);
  expect(outcomes.slice(0, 100)).toEqual(Array.from({ length: 100 }, () => '1000'));
  expect(outcomes.slice(100)).toEqual(Array.from({ length: 900 }, () => 'too-many-deliveries'));
  expect(served).toBeGreaterThan(10);
  expect(mostBytes / MIB).toBeLessThan(500);
  expect(await storedOf(db, large)).toEqual(Array.from({ length: 101 }, () => ({ deliveries: 1000 })));

  const again = (await one.ingest(large.tenantId, items.slice(0, 110))).map(outcomeOf);
  expect(again).toEqual([...Array(100).fill('duplicate'), ...Array(10).fill('1000')]);
});

test('an event with more deliveries than a statement takes is stored with all of them, or not at all', async () => {
  const { db, one } = instances();
  const setup = await givenFanOut(db, 2500);
  expect((await one.ingest(setup.tenantId, batch(setup, 2))).map(outcomeOf)).toEqual(['2500', '2500']);
  expect(await storedOf(db, setup)).toEqual([{ deliveries: 2500 }, { deliveries: 2500 }]);
  expect(one.queue.offered.length).toBeGreaterThanOrEqual(5000);
});
