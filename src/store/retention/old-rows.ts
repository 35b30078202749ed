import { lowestUuidAt } from '../../domain/id.ts';
import type { ExpiredPart } from '../../ports/retention.ts';
import type { Database } from '../database.ts';
import { OPEN } from '../deliveries/open-deliveries.ts';
import { Prisma } from '../generated/client.ts';

// Rows that no dropped partition takes with it: those of the default partitions, and dead letters. They are deleted in chunks, through
// the primary keys, so that no statement runs long.

const CHUNK = 2_000;
/** Chunks of each table in one call: the next one goes on. */
const MAX_CHUNKS = 50;

/** Undefined when the default partitions have no row with a lower key than `lowestUuidAt(beforeMs)`. */
export async function expiredDefault(db: Database, beforeMs: number): Promise<ExpiredPart | undefined> {
  const below = lowestUuidAt(beforeMs);
  const found = await db.$queryRaw<unknown[]>`
    (SELECT 1 AS one FROM deliveries_default WHERE id < ${below}::uuid LIMIT 1)
    UNION ALL (SELECT 1 FROM events_default WHERE id < ${below}::uuid LIMIT 1)
    UNION ALL (SELECT 1 FROM attempts_default WHERE delivery_id < ${below}::uuid LIMIT 1)`;
  return found.length > 0 ? { name: 'default', below } : undefined;
}

/** Deletes what has ended; what is open is left with its event and attempts. */
export async function deleteFromDefault(db: Database, { below }: ExpiredPart): Promise<'removed' | 'open'> {
  const open = await db.$queryRaw<unknown[]>`
    SELECT FROM deliveries_default WHERE ${OPEN} AND id < ${below}::uuid LIMIT 1`;
  if (open.length > 0) return 'open';
  await deleteInChunks(db, 'deliveries_default', 'id', below, Prisma.sql`NOT (${OPEN})`);
  await deleteInChunks(db, 'attempts_default', 'delivery_id', below);
  await deleteInChunks(db, 'events_default', 'id', below);
  return 'removed';
}

/** Returns how many were deleted. dead_letters_pkey: their ids carry when they were written */
export function deleteDeadLetters(db: Database, beforeMs: number, most: number): Promise<number> {
  return deleteChunk(db, 'dead_letters', 'id', lowestUuidAt(beforeMs), Prisma.sql`true`, most);
}

async function deleteInChunks(
  db: Database,
  table: string,
  key: string,
  below: string,
  condition = Prisma.sql`true`,
): Promise<void> {
  for (let chunk = 0; chunk < MAX_CHUNKS; chunk++) {
    if ((await deleteChunk(db, table, key, below, condition, CHUNK)) < CHUNK) return;
  }
}

/** Table and key are constants of this file. Rows that another statement has locked are left to the next call. */
function deleteChunk(
  db: Database,
  table: string,
  key: string,
  below: string,
  condition: Prisma.Sql,
  most: number,
): Promise<number> {
  return db.$executeRaw`
    DELETE FROM ${Prisma.raw(table)} WHERE ctid = ANY(ARRAY(
      SELECT ctid FROM ${Prisma.raw(table)} WHERE ${Prisma.raw(key)} < ${below}::uuid AND ${condition}
      ORDER BY ${Prisma.raw(key)} LIMIT ${most} FOR UPDATE SKIP LOCKED))`;
}
