import type { Backlog } from '../ports/backlog.ts';
import type { Database } from './database.ts';

/** Counting stops here, so that a large backlog does not make its own count expensive. */
const COUNT_LIMIT = 100_000;
/** So many of the oldest due deliveries are looked at for one whose endpoint is not failing. */
const LOOK_AT = 10_000;

/** Reads what waits to be delivered: three statements, each bounded. @throws Unavailable */
export async function readBacklog(db: Database): Promise<Backlog> {
  const [due] = await db.$queryRaw<DueRow[]>`
    WITH due AS (
      SELECT extract(epoch FROM now() - due_at)::float8 * 1000 AS age_ms, endpoint_id FROM deliveries
      WHERE due_at < now() ORDER BY due_at, id LIMIT ${LOOK_AT}) -- deliveries_due_at_id_idx
    SELECT max(age_ms) AS oldest, count(*)::int AS seen, min(age_ms) AS youngest_seen,
      max(age_ms) FILTER (WHERE endpoint_id NOT IN (SELECT id FROM endpoints WHERE failing_since IS NOT NULL)) AS healthy
    FROM due`;
  const counts = await db.$queryRaw<{ readonly state: string; readonly count: number }[]>`
    SELECT state, count(*)::int AS count FROM (
      SELECT state FROM deliveries -- deliveries_open_idx
      WHERE state IN ('pending', 'delivering', 'retrying', 'blocked', 'parked', 'held') LIMIT ${COUNT_LIMIT}
    ) open GROUP BY state`;
  const [failing] = await db.$queryRaw<{ readonly count: number }[]>`
    SELECT count(*)::int AS count FROM endpoints WHERE failing_since IS NOT NULL`; // endpoints_failing_since_idx
  return {
    oldestDueMs: due?.oldest ?? 0,
    oldestHealthyDueMs: due?.healthy ?? (due?.seen === LOOK_AT ? (due.youngest_seen ?? 0) : 0),
    byState: new Map(counts.map(({ state, count }) => [state, count])),
    failingEndpoints: failing?.count ?? 0,
  };
}

/** Ages in milliseconds; null when nothing is due. */
interface DueRow {
  readonly oldest: number | null;
  readonly healthy: number | null;
  readonly youngest_seen: number | null;
  readonly seen: number;
}
