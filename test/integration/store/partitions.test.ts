import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { deliveryId, newId, toId, toUuid } from '../../../src/domain/id.ts';
import { deleteExpiredRows } from '../../../src/store/expired-rows.ts';
import { ensurePartitions } from '../../../src/store/partitions.ts';
import { useDatabase } from '../../support/database.ts';
import { givenDelivery, givenIntegration, givenSubscription, givenTenant } from './samples.ts';

const db = useDatabase();
const WEEK_MS = 7 * 24 * 60 * 60 * 1000;
const MONDAY_MS = Date.parse('2031-03-03T00:00:00Z');

async function partitionOf(table: 'events' | 'deliveries' | 'attempts', id: string): Promise<string | undefined> {
  const key = table === 'attempts' ? 'delivery_id' : 'id';
  const sql = `SELECT tableoid::regclass::text AS name FROM ${table} WHERE ${key} = $1::uuid`;
  const [row] = await db().$queryRawUnsafe<{ name: string }[]>(sql, id);
  return row?.name;
}

async function insertEvent(atMs: number): Promise<string> {
  const id = toUuid(newId('event', atMs));
  const [tenantId, templateId] = [randomUUID(), randomUUID()];
  await db().event.create({ data: { id, tenantId, templateId, type: 'pass.created', passId: 'p', facts: '{}' } });
  return id;
}

describe('partitions', () => {
  it('are there from this week to four weeks ahead after a migration', async () => {
    const now = Date.now();
    for (const atMs of [now, now + 4 * WEEK_MS]) {
      expect(await partitionOf('events', await insertEvent(atMs))).toMatch(/^events_\d{8}$/);
    }
    expect(await partitionOf('events', await insertEvent(now + 5 * WEEK_MS))).toBe('events_default');
    expect(await ensurePartitions(db(), now)).toEqual([]);
  });

  it('begin on Monday 00:00 UTC and are made once, however many ask', async () => {
    const lastMs = MONDAY_MS + WEEK_MS - 1;
    const made = (await Promise.all(Array.from({ length: 8 }, () => ensurePartitions(db(), lastMs)))).flat();
    expect(made).toHaveLength(15);
    expect(new Set(made).size).toBe(15);
    expect(made).toContain('attempts_20310303');
    expect(await partitionOf('events', await insertEvent(MONDAY_MS))).toBe('events_20310303');
    expect(await partitionOf('events', await insertEvent(lastMs))).toBe('events_20310303');
    expect(await partitionOf('events', await insertEvent(lastMs + 1))).toBe('events_20310310');
    expect(await partitionOf('events', await insertEvent(MONDAY_MS - 1))).toBe('events_default');
    expect(await ensurePartitions(db(), MONDAY_MS + WEEK_MS)).toEqual([
      'events_20310407',
      'deliveries_20310407',
      'attempts_20310407',
    ]);
  });

  it('take over the rows in the default partition', async () => {
    const atMs = Date.parse('2032-07-15T09:00:00Z');
    const subscription = await givenSubscription(db(), await givenIntegration(db(), await givenTenant(db())));
    const event = await insertEvent(atMs);
    const delivery = deliveryId(toId('event', event), subscription.id);
    const sample = await givenDelivery(db(), subscription, 'retrying', { attempts: 2 });
    await db().$executeRaw`UPDATE deliveries SET id = ${toUuid(delivery)}::uuid WHERE id = ${toUuid(sample)}::uuid`;
    const before = await db().delivery.findUnique({ where: { id: toUuid(delivery) } });
    const [number, startedAt, verdict] = [1, new Date(atMs), 'retryable'];
    await db().attempt.create({
      data: { deliveryId: toUuid(delivery), number, startedAt, verdict, outcome: { kind: 'x' } },
    });
    const elsewhere = await insertEvent(atMs + 10 * WEEK_MS);
    expect(await partitionOf('deliveries', toUuid(delivery))).toBe('deliveries_default');

    await ensurePartitions(db(), atMs);

    expect(await partitionOf('events', event)).toBe('events_20320712');
    expect(await partitionOf('deliveries', toUuid(delivery))).toBe('deliveries_20320712');
    expect(await partitionOf('attempts', toUuid(delivery))).toBe('attempts_20320712');
    expect(await partitionOf('events', elsewhere)).toBe('events_default');
    expect(await db().delivery.findUnique({ where: { id: toUuid(delivery) } })).toEqual(before);
  });

  it('are made while events arrive for them, none lost', async () => {
    const atMs = Date.parse('2033-01-10T09:00:00Z');
    let done = false;
    const making = ensurePartitions(db(), atMs).finally(() => {
      done = true;
    });
    const inserted: string[] = [];
    do inserted.push(await insertEvent(atMs));
    while (!done);
    await making;
    expect(await db().event.count({ where: { id: { in: inserted } } })).toBe(inserted.length);
    expect(await db().$queryRaw<unknown[]>`SELECT id FROM events_20330110`).toHaveLength(inserted.length);
  });

  it('have the indexes and checks of their table', async () => {
    const [counts] = await db().$queryRaw<{ whole: bigint; part: bigint }[]>`
      SELECT (SELECT count(*) FROM pg_indexes WHERE tablename = 'deliveries') AS whole,
             (SELECT count(*) FROM pg_indexes WHERE tablename = 'deliveries_20310303') AS part`;
    expect(counts?.part).toBe(counts?.whole);
    await expect(db().$executeRaw`UPDATE deliveries SET state = 'nonsense'`).rejects.toThrow('violates check constraint');
  });
});

describe('the sweep', () => {
  it('deletes what is expired, chunk by chunk, and leaves the rest', async () => {
    await db().$executeRaw`
      INSERT INTO event_keys (tenant_id, producer_id, event_id, body_hash, expires_at)
      SELECT gen_random_uuid(), n::text, gen_random_uuid(), '', now() + CASE WHEN n <= 12000 THEN -1 ELSE 1 END * interval '1 hour'
      FROM generate_series(1, 12003) AS n`;
    await db().$executeRaw`
      INSERT INTO kept_answers (scope, key, request_hash, began_at)
      VALUES ('s', 'old', '', now() - interval '25 hours'), ('s', 'young', '', now() - interval '23 hours')`;
    expect(await deleteExpiredRows(db(), 1)).toBe(5_001);
    expect(await deleteExpiredRows(db())).toBe(7_000);
    expect(await deleteExpiredRows(db())).toBe(0);
    expect(await db().eventKey.count()).toBe(3);
    expect(await db().keptAnswer.findMany({ select: { key: true } })).toEqual([{ key: 'young' }]);
  });

  it('does not wait for a key that a request has locked', async () => {
    await db().$executeRaw`
      INSERT INTO event_keys VALUES (gen_random_uuid(), 'locked', gen_random_uuid(), '', now() - interval '1 hour')`;
    await db().$transaction(async (tx) => {
      await tx.$queryRaw`SELECT 1 AS one FROM event_keys WHERE producer_id = 'locked' FOR UPDATE`;
      expect(await deleteExpiredRows(db())).toBe(0);
    });
    expect(await deleteExpiredRows(db())).toBe(1);
  });
});
