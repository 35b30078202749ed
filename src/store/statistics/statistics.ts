import { type TenantId, toId, toUuid } from '../../domain/id.ts';
import { BUCKET_WIDTHS } from '../../domain/statistics.ts';
import type { CountedBucket, StatisticsGroup, StatisticsQuery, StatisticsStore } from '../../ports/statistics.ts';
import { readBacklog } from '../backlog.ts';
import { allOf, equalsId } from '../conditions.ts';
import type { Database } from '../database.ts';
import { Prisma } from '../generated/client.ts';
import { foldDeltas } from './fold.ts';

const ALL = Prisma.sql`'00000000-0000-0000-0000-000000000000'::uuid`;
/** Of the backlog. */
const KEPT_DAYS = 8;
/** How many retries are looked at. */
const MOST_RETRIES = 100_000;

export function createStatisticsStore(db: Database): StatisticsStore {
  return {
    counts: (query) => readCounts(db, query),
    fold: () => foldDeltas(db),

    async sampleBacklog(parked) {
      const [due] = await db.$queryRaw<unknown[]>`
        SELECT WHERE NOT EXISTS (SELECT FROM backlog_samples WHERE at = date_trunc('minute', now()))`;
      if (!due) return;
      const { oldestDueMs, byState, failingEndpoints } = await readBacklog(db);
      await db.$executeRaw`
        INSERT INTO backlog_samples (at, oldest_due_ms, by_state, parked, failing_endpoints)
        VALUES (date_trunc('minute', now()), ${oldestDueMs}, ${JSON.stringify(Object.fromEntries(byState))}::json, ${parked ?? null}::int,
          ${failingEndpoints})
        ON CONFLICT (at) DO NOTHING`;
    },

    async backlog(from, to) {
      const rows = await db.$queryRaw<SampleRow[]>`
        SELECT at, oldest_due_ms, by_state, parked, failing_endpoints FROM backlog_samples WHERE at >= ${from} AND at < ${to} ORDER BY at`;
      return rows.map(({ at, oldest_due_ms, by_state, parked, failing_endpoints }) => ({
        at,
        oldestDueMs: oldest_due_ms,
        byState: new Map(Object.entries(by_state)),
        parked: parked ?? undefined,
        failingEndpoints: failing_endpoints,
      }));
    },

    retriesAhead: (tenantId, untilS, bucketS) => readRetries(db, tenantId, untilS, bucketS),

    async deleteOld() {
      for (const { seconds, days } of BUCKET_WIDTHS) {
        // stat_counts_width_bucket_idx
        await db.$executeRaw`
          DELETE FROM stat_counts WHERE width = ${seconds}
            AND bucket < floor(extract(epoch FROM now() - ${days} * interval '1 day') / ${seconds})`;
      }
      await db.$executeRaw`DELETE FROM backlog_samples WHERE at < now() - ${KEPT_DAYS} * interval '1 day'`;
    },
  };
}

interface SampleRow {
  readonly at: Date;
  readonly oldest_due_ms: number;
  readonly by_state: Readonly<Record<string, number>>;
  readonly parked: number | null;
  readonly failing_endpoints: number;
}

/** What a series belongs to, by what is grouped. */
const GROUPS: Readonly<Record<StatisticsGroup, Prisma.Sql>> = {
  none: Prisma.sql`''`,
  tenant: Prisma.sql`s.tenant_id::text`,
  integration: Prisma.sql`e.integration_id::text`,
  endpoint: Prisma.sql`s.endpoint_id::text`,
  subscription: Prisma.sql`s.subscription_id::text`,
  trigger: Prisma.sql`s.trigger`,
};

async function readCounts(db: Database, query: StatisticsQuery): Promise<CountedBucket[]> {
  const { groupBy, width, from, to, step } = query;
  const every = step === undefined ? undefined : step / width;
  const first = from / width;
  const bucket = every === undefined ? Prisma.sql`${first}::int` : Prisma.sql`c.bucket / ${every}::int * ${every}::int`;
  // stat_counts_pkey
  const rows = await db.$queryRaw<{ grp: string; bucket: number; measure: number; count: number }[]>`
    WITH chosen AS MATERIALIZED (
      SELECT s.id, ${GROUPS[groupBy]} AS grp FROM stat_series s ${needsEndpoints(query) ? JOIN_ENDPOINTS : Prisma.empty}
      WHERE ${seriesOf(query)}
    )
    SELECT s.grp, ${bucket} AS bucket, c.measure, sum(c.count)::float8 AS count
    FROM chosen s CROSS JOIN LATERAL (
      SELECT bucket, measure, count FROM stat_counts
      WHERE series = s.id AND width = ${width} AND bucket >= ${first}::int AND bucket < ${to / width}::int
    ) c
    GROUP BY 1, 2, 3 ORDER BY 1, 2`;
  const grouped = Map.groupBy(rows, (row) => `${row.grp} ${row.bucket}`);
  return [...grouped.values()].map((ofBucket) => {
    const { grp = '', bucket: at = 0 } = ofBucket[0] ?? {};
    return {
      group: groupBy === 'none' || groupBy === 'trigger' ? grp : toId(groupBy, grp),
      at: at * width,
      counts: new Map(ofBucket.map(({ measure, count }) => [measure, count])),
    };
  });
}

const JOIN_ENDPOINTS = Prisma.sql`JOIN endpoints e ON e.id = s.endpoint_id`;

function needsEndpoints({ groupBy, integrationId }: StatisticsQuery): boolean {
  return groupBy === 'integration' || integrationId !== undefined;
}

/** Sums of tenants and of everything are stored; other groups are summed over the series of subscriptions. */
function seriesOf(query: StatisticsQuery): Prisma.Sql {
  const { tenantId, groupBy, ids, subscriptionId, endpointId, integrationId } = query;
  const isWhole = subscriptionId === undefined && endpointId === undefined && integrationId === undefined;
  const isOfTenants = isWhole && (groupBy === 'none' || groupBy === 'tenant');
  const isOfAll = isOfTenants && groupBy === 'none' && tenantId === undefined;
  return allOf(
    isOfAll ? Prisma.sql`s.tenant_id = ${ALL}` : (equalsId('s.tenant_id', tenantId) ?? Prisma.sql`s.tenant_id <> ${ALL}`),
    isOfTenants ? Prisma.sql`s.subscription_id = ${ALL}` : Prisma.sql`s.subscription_id <> ${ALL}`,
    equalsId('s.subscription_id', subscriptionId),
    equalsId('s.endpoint_id', endpointId),
    equalsId('e.integration_id', integrationId),
    ids && Prisma.sql`${GROUPS[groupBy]} = ANY(${ids.map(toUuid)})`,
  );
}

async function readRetries(
  db: Database,
  tenantId: TenantId | undefined,
  untilS: number,
  bucketS: number,
): ReturnType<StatisticsStore['retriesAhead']> {
  // deliveries_due_at_id_idx
  const rows = await db.$queryRaw<{ at: Date; count: number; seen: number }[]>`
    WITH ahead AS MATERIALIZED (
      SELECT due_at, tenant_id, state FROM deliveries
      WHERE due_at > now() AND due_at < now() + ${untilS} * interval '1 s'
      ORDER BY due_at LIMIT ${MOST_RETRIES}
    )
    SELECT to_timestamp(floor(extract(epoch FROM due_at) / ${bucketS}) * ${bucketS}) AS at,
      count(*) FILTER (WHERE state = 'retrying' AND ${equalsId('tenant_id', tenantId) ?? Prisma.sql`true`})::int AS count, count(*)::int AS seen
    FROM ahead GROUP BY 1 ORDER BY 1`;
  const seen = rows.reduce((sum, row) => sum + row.seen, 0);
  return {
    buckets: rows.filter(({ count }) => count > 0).map(({ at, count }) => ({ at, count })),
    complete: seen < MOST_RETRIES,
  };
}
