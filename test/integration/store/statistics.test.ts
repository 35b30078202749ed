import { beforeEach, expect, test } from 'vitest';
import { newId, toUuid } from '../../../src/domain/id.ts';
import { statisticsOf } from '../../../src/domain/statistics.ts';
import { foldDeltas } from '../../../src/store/statistics/fold.ts';
import { createStatisticsStore } from '../../../src/store/statistics/statistics.ts';
import { useDatabase } from '../../support/database.ts';

const db = useDatabase();
const HOUR_S = 3600;
const nowS = Math.floor(Date.now() / 1000);
const DELIVERED = [1, 4, 120];
const period = { from: (Math.floor(nowS / HOUR_S) - 24) * HOUR_S, to: (Math.floor(nowS / HOUR_S) + 1) * HOUR_S };

beforeEach(async () => {
  await db().$executeRaw`TRUNCATE stat_deltas, stat_counts, stat_series`;
});

/** As `settle` writes them: `count` attempts, spread over subscriptions and the last hours. */
async function attempted(tenantId: string, count: number, subscriptions = 10): Promise<void> {
  await db().$executeRaw`
    INSERT INTO stat_deltas (tenant_id, subscription_id, endpoint_id, trigger, bucket, measures)
    SELECT ${toUuid(tenantId as never)}::uuid, md5('s' || i % ${subscriptions}::int)::uuid, md5('e' || i % ${subscriptions}::int)::uuid, 'pass.created',
      ${Math.floor(nowS / 300)}::int - i % 120, ${DELIVERED}::smallint[]
    FROM generate_series(1, ${count}::int) AS i`;
}

const store = () => createStatisticsStore(db());
const whole = (more: object = {}) => ({
  tenantId: undefined,
  groupBy: 'none' as const,
  width: HOUR_S,
  step: undefined,
  ...period,
  ...more,
});
const deliveredOf = async (query: ReturnType<typeof whole>) =>
  (await store().counts(query)).map(({ counts }) => statisticsOf(counts).attempts.delivered);

test('processes that fold at once count every attempt once', async () => {
  const tenantId = newId('tenant', Date.now());
  await attempted(tenantId, 45_000);
  const folded = await Promise.all(Array.from({ length: 4 }, () => foldDeltas(db())));
  expect(folded.reduce((sum, count) => sum + count, 0) + (await foldDeltas(db()))).toBe(45_000);
  expect(await deliveredOf(whole())).toEqual([45_000]);
  expect(await deliveredOf(whole({ tenantId }))).toEqual([45_000]);
  expect(await deliveredOf(whole({ groupBy: 'subscription', tenantId }))).toEqual(Array.from({ length: 10 }, () => 4500));
  expect(await deliveredOf(whole({ width: 300 }))).toEqual([45_000]);
});

test('attempts that are written while a fold is under way are counted by the next one', async () => {
  const tenantId = newId('tenant', Date.now());
  await attempted(tenantId, 1000);
  let late: Promise<void> | undefined;
  await db().$transaction(async (tx) => {
    await tx.$executeRaw`INSERT INTO stat_deltas SELECT * FROM stat_deltas LIMIT 5`; // not committed yet
    late = foldDeltas(db()).then((count) => expect(count).toBe(1000));
    await late;
  });
  expect(await foldDeltas(db())).toBe(5);
  expect(await deliveredOf(whole())).toEqual([1005]);
});

test('a fold that fails has counted nothing, and the next one counts all', async () => {
  const tenantId = newId('tenant', Date.now());
  await attempted(tenantId, 500);
  await db().$executeRaw`ALTER TABLE stat_counts ADD CONSTRAINT broken CHECK (width <> 3600)`;
  await expect(foldDeltas(db())).rejects.toThrow();
  await db().$executeRaw`ALTER TABLE stat_counts DROP CONSTRAINT broken`;
  expect(await foldDeltas(db())).toBe(500);
  expect(await deliveredOf(whole())).toEqual([500]);
});

test('buckets of an answer hold the stored buckets in them', async () => {
  const tenantId = newId('tenant', Date.now());
  await attempted(tenantId, 1200);
  await foldDeltas(db());
  const fine = await store().counts(whole({ width: 300, step: 300 }));
  expect(fine).toHaveLength(120);
  const hours = await store().counts(whole({ width: 300, step: HOUR_S }));
  expect(hours.length).toBeGreaterThanOrEqual(10);
  expect(hours.every(({ at }) => at % HOUR_S === 0)).toBe(true);
  expect(hours.reduce((sum, { counts }) => sum + statisticsOf(counts).attempts.delivered, 0)).toBe(1200);
});

test('what is too old is deleted: buckets of 5 minutes before those of an hour', async () => {
  const tenantId = newId('tenant', Date.now());
  await attempted(tenantId, 10);
  await db().$executeRaw`UPDATE stat_deltas SET bucket = bucket - 9 * 24 * 12`;
  await attempted(tenantId, 7);
  await foldDeltas(db());
  await store().deleteOld();
  const longer = { from: period.from - 10 * 24 * HOUR_S };
  expect(await deliveredOf(whole({ ...longer, width: 300 }))).toEqual([7]);
  expect(await deliveredOf(whole(longer))).toEqual([17]);
});

test('a period is read by its key, however much is stored', async () => {
  for (let tenant = 0; tenant < 20; tenant++) await attempted(newId('tenant', Date.now() + tenant), 6000, 500);
  await foldDeltas(db());
  await db().$executeRaw`ANALYZE stat_counts, stat_series`;
  const [{ count = 0 } = {}] = await db().$queryRaw<{ count: number }[]>`SELECT count(*)::int AS count FROM stat_counts`;
  expect(count).toBeGreaterThan(50_000);
  const tenantId = newId('tenant', Date.now());
  await attempted(tenantId, 100, 5);
  await foldDeltas(db());
  const statements: string[] = [];
  const watched = new Proxy(db(), {
    get: (target, name) =>
      name === '$queryRaw'
        ? async (parts: TemplateStringsArray, ...values: unknown[]) => {
            const { Prisma } = await import('../../../src/store/generated/client.ts');
            const plan = await target.$queryRaw<{ 'QUERY PLAN': string }[]>(
              Prisma.sql`EXPLAIN ${Prisma.sql(parts, ...(values as never[]))}`,
            );
            statements.push(plan.map((row) => row['QUERY PLAN']).join('\n'));
            return [];
          }
        : Reflect.get(target, name),
  });
  await createStatisticsStore(watched).counts(whole({ tenantId, groupBy: 'subscription' }));
  await createStatisticsStore(watched).counts(whole());
  expect(statements).toHaveLength(2);
  for (const plan of statements) expect(plan).not.toMatch(/Seq Scan on stat_counts/);
});
