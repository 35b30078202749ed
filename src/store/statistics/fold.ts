import { BUCKET_WIDTHS } from '../../domain/statistics.ts';
import type { Database } from '../database.ts';
import { Prisma } from '../generated/client.ts';

/** Bounds the time of a statement. */
const MOST_AT_ONCE = 20_000;
const ALL = Prisma.sql`'00000000-0000-0000-0000-000000000000'::uuid`;
const WIDTHS = Prisma.join(BUCKET_WIDTHS.map(({ seconds }) => Prisma.sql`(${seconds}::int)`));
/** Seconds of the buckets of stat_deltas. */
export const DELTA_WIDTH = BUCKET_WIDTHS[0].seconds;

/**
 * Moves rows of stat_deltas into stat_counts, in one statement: whatever happens, each attempt is counted once. One process at a time does
 * it; the others find the lock taken and return 0.
 *
 * @returns how many attempts were counted
 */
export async function foldDeltas(db: Database): Promise<number> {
  let folded = 0;
  for (;;) {
    const count = await db.$transaction(async (tx) => {
      const [lock] = await tx.$queryRaw<{ taken: boolean }[]>`
        SELECT pg_try_advisory_xact_lock(hashtext('passwire statistics')) AS taken`;
      if (!lock?.taken) return 0;
      const [row] = await tx.$queryRaw<{ count: number }[]>`
        WITH taken AS (
          DELETE FROM stat_deltas WHERE ctid = ANY(ARRAY(SELECT ctid FROM stat_deltas LIMIT ${MOST_AT_ONCE}))
          RETURNING tenant_id, subscription_id, endpoint_id, trigger, bucket, measures
        ), leaves AS MATERIALIZED (
          SELECT tenant_id, subscription_id, endpoint_id, trigger, bucket, measure, count(*) AS count
          FROM taken, unnest(measures) AS measure
          GROUP BY tenant_id, subscription_id, endpoint_id, trigger, bucket, measure
        ), counted AS MATERIALIZED (
          TABLE leaves
          UNION ALL
          SELECT tenant_id, ${ALL}, ${ALL}, '', bucket, measure, sum(count) FROM leaves GROUP BY tenant_id, bucket, measure
          UNION ALL
          SELECT ${ALL}, ${ALL}, ${ALL}, '', bucket, measure, sum(count) FROM leaves GROUP BY bucket, measure
        ), wanted AS MATERIALIZED (
          SELECT DISTINCT tenant_id, subscription_id, endpoint_id, trigger FROM counted
        ), known AS MATERIALIZED (
          SELECT s.* FROM stat_series s JOIN wanted USING (tenant_id, subscription_id, endpoint_id, trigger)
        ), made AS (
          INSERT INTO stat_series (tenant_id, subscription_id, endpoint_id, trigger)
          SELECT tenant_id, subscription_id, endpoint_id, trigger FROM wanted
          EXCEPT SELECT tenant_id, subscription_id, endpoint_id, trigger FROM known
          RETURNING *
        ), series AS (
          TABLE known UNION ALL TABLE made
        ), added AS (
          INSERT INTO stat_counts AS c (series, width, bucket, measure, count)
          SELECT s.id, w.width, c.bucket * ${DELTA_WIDTH}::int / w.width, c.measure, sum(c.count)
          FROM counted c JOIN series s USING (tenant_id, subscription_id, endpoint_id, trigger)
            CROSS JOIN (VALUES ${WIDTHS}) AS w (width)
          GROUP BY 1, 2, 3, 4
          ON CONFLICT (series, width, bucket, measure) DO UPDATE SET count = c.count + excluded.count
        )
        SELECT count(*)::int AS count FROM taken`;
      return row?.count ?? 0;
    });
    folded += count;
    if (count < MOST_AT_ONCE) return folded;
  }
}
