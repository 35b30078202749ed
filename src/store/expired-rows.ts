import type { Database } from './database.ts';

const CHUNK = 5_000;

/**
 * Deletes expired event keys and stored answers, at most 5,000 rows a statement and
 * `maxChunks` statements a table, skipping rows that a request has locked. The rest is left to the next run.
 *
 * @returns the number of deleted rows
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
  const answers = await inChunks(
    maxChunks,
    () => db.$executeRaw`
      DELETE FROM kept_answers WHERE (scope, key) IN (
        SELECT scope, key FROM kept_answers WHERE began_at < now() - interval '24 hours'
        ORDER BY began_at LIMIT ${CHUNK} FOR UPDATE SKIP LOCKED)`,
  );
  return keys + answers;
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
