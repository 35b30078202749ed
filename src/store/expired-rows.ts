import type { Database } from './database.ts';

const CHUNK = 5_000;

/**
 * Deletes expired event keys, idempotent responses and links to the portal, at most 5,000 rows per statement and `maxChunks` statements per
 * table. Rows locked by a request are skipped. The next run deletes the rest.
 *
 * @returns the number of deleted rows
 * @throws Unavailable
 */
export async function deleteExpiredRows(db: Database, maxChunks = 100): Promise<number> {
  // event_keys_expires_at_idx
  const keys = await inChunks(
    maxChunks,
    () => db.$executeRaw`
      DELETE FROM event_keys WHERE (tenant_id, producer_id) IN (
        SELECT tenant_id, producer_id FROM event_keys WHERE expires_at < now()
        ORDER BY expires_at LIMIT ${CHUNK} FOR UPDATE SKIP LOCKED)`,
  );
  // kept_answers_began_at_idx
  const responses = await inChunks(
    maxChunks,
    () => db.$executeRaw`
      DELETE FROM kept_answers WHERE (scope, key) IN (
        SELECT scope, key FROM kept_answers WHERE began_at < now() - interval '24 hours'
        ORDER BY began_at LIMIT ${CHUNK} FOR UPDATE SKIP LOCKED)`,
  );
  // portal_links_expires_at_idx; a token lasts 12 hours at most
  const links = await inChunks(
    maxChunks,
    () => db.$executeRaw`
      DELETE FROM portal_links WHERE id IN (
        SELECT id FROM portal_links WHERE expires_at < now() - interval '2 days'
        ORDER BY expires_at LIMIT ${CHUNK} FOR UPDATE SKIP LOCKED)`,
  );
  return keys + responses + links;
}

async function inChunks(maxChunks: number, deleteChunk: () => Promise<number>): Promise<number> {
  let total = 0;
  for (let chunk = 0; chunk < maxChunks; chunk++) {
    const deleted = await deleteChunk();
    total += deleted;
    if (deleted < CHUNK) break;
  }
  return total;
}
