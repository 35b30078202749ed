import { type ErasureCounts, NOTHING_ERASED } from '../../domain/erasure.ts';
import { type TenantId, toUuid } from '../../domain/id.ts';
import type { FoundPasses } from '../../ports/erasures.ts';
import type { Database } from '../database.ts';
import { OPEN } from '../deliveries/open-deliveries.ts';
import { Prisma } from '../generated/client.ts';

/** Events read by one statement: about 30 ms. */
const CHUNK = 5_000;
/** Sorts after every id. */
const HIGHEST_UUID = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

/** What an erasure of the passes would find. Answers, replays and audit entries are counted as they are found. */
export async function countPasses(db: Database, tenantId: TenantId, passIds: readonly string[]): Promise<ErasureCounts> {
  const of = Prisma.sql`tenant_id = ${toUuid(tenantId)}::uuid AND pass_id = ANY(${passIds}::text[])`;
  const [row] = await db.$queryRaw<Omit<ErasureCounts, 'keptAnswers' | 'replays' | 'auditEntries'>[]>`
    SELECT (SELECT count(*) FROM events WHERE ${of})::int AS events,
      d.deliveries, d.cancelled,
      (SELECT count(*) FROM dead_letters WHERE ${of})::int AS "deadLetters",
      (SELECT count(*) FROM installations WHERE ${of})::int AS installations
    FROM (SELECT count(*)::int AS deliveries, (count(*) FILTER (WHERE ${OPEN}))::int AS cancelled FROM deliveries WHERE ${of}) d`;
  return { ...NOTHING_ERASED, ...row };
}

/**
 * Nothing indexes the tenant's own ids, so its events are read, in chunks, newest first; a dead letter may outlive its event, so the
 * letters come last. A text comparison decides first: few rows are parsed. events_tenant_id_id_idx, dead_letters_tenant_id_id_idx
 */
export async function searchPasses(
  db: Database,
  tenantId: TenantId,
  userProvidedId: string,
  cursor: string | undefined,
): Promise<FoundPasses> {
  const [table = 'events', before = HIGHEST_UUID] = cursor?.split(' ') ?? [];
  const needle = `"userProvidedId":${JSON.stringify(userProvidedId)}`;
  // the sub-select's OFFSET 0 keeps the chunk from being filtered first
  const rows = await db.$queryRaw<{ pass_ids: string[]; last: string | null; count: number }[]>`
    SELECT array(SELECT DISTINCT unnest(array_agg(pass_id) FILTER (WHERE position(${needle} IN facts) > 0 AND ${userProvidedId} IN
        (facts::json->'pass'->>'userProvidedId', facts::json->'changes'->>'userProvidedId')))) AS pass_ids,
      min(id::text) AS last, count(*)::int AS count
    FROM (
      SELECT id, pass_id, facts FROM ${Prisma.raw(table === 'events' ? 'events' : 'dead_letters')}
      WHERE tenant_id = ${toUuid(tenantId)}::uuid AND id < ${before}::uuid
      ORDER BY id DESC LIMIT ${CHUNK}
    ) chunk`;
  const [row] = rows;
  const passIds = row?.pass_ids ?? [];
  if (row && row.count === CHUNK && row.last !== null) return { passIds, cursor: `${table} ${row.last}` };
  return { passIds, cursor: table === 'events' ? `dead_letters ${HIGHEST_UUID}` : undefined };
}
