import { lowestUuidAt } from '../../domain/id.ts';
import type { ExpiredPart } from '../../ports/retention.ts';
import type { Database, Statements } from '../database.ts';
import { isLockTimeout } from '../database-errors.ts';
import { OPEN } from '../deliveries/open-deliveries.ts';
import { Prisma } from '../generated/client.ts';
import { lockPartitions, PARTITIONED, WEEK_MS } from '../partitions.ts';

// A week is removed in two steps: DETACH, which locks the whole table for a moment, and DROP, which touches the detached table alone.
// A process that dies between them leaves a marked table, which the next run drops. DETACH CONCURRENTLY would not lock, and is not
// allowed beside a DEFAULT partition.

/** Statements that arrive while DETACH waits for its lock queue behind it, for this long at most. */
const LOCK_TIMEOUT_MS = 200;
/** Marks a detached table. Tables that an operator detached have none, and stay. */
const MARK = 'passwire: past retention';

/** Deliveries first, so that what is left of a week after a crash is invisible: attempts and events without deliveries. */
const ORDER = ['deliveries', 'attempts', 'events'] as const;

/** The weeks of which a table still has a partition, and that ended before `beforeMs`, oldest first. */
export async function expiredWeeks(db: Database, beforeMs: number): Promise<ExpiredPart[]> {
  const names = new Set((await attachedPartitions(db)).map((partition) => partition.slice(partition.indexOf('_') + 1)));
  return [...names]
    .filter((name) => endOf(name) <= beforeMs)
    .sort()
    .map((name) => ({ name, below: lowestUuidAt(endOf(name)) }));
}

/** Detaches the partitions of a week. Idempotent. */
export async function detachWeek(db: Database, { name }: ExpiredPart): Promise<'removed' | 'busy' | 'open'> {
  const attached = new Set(await attachedPartitions(db));
  try {
    for (const table of ORDER) {
      if (!attached.has(`${table}_${name}`)) continue;
      if (!(await db.$transaction((tx) => detach(tx, table, `${table}_${name}`)))) return 'open';
    }
  } catch (error) {
    if (isLockTimeout(error)) return 'busy';
    throw error;
  }
  return 'removed';
}

/** Drops marked tables. One that is locked is dropped by a later run. */
export async function dropDetached(db: Database): Promise<string[]> {
  const marked = await db.$queryRaw<{ name: string }[]>`
    SELECT c.relname::text AS name FROM pg_class c
    WHERE c.relnamespace = (SELECT relnamespace FROM pg_class WHERE oid = 'events'::regclass)
      AND c.relkind = 'r' AND NOT c.relispartition AND obj_description(c.oid, 'pg_class') = ${MARK}
    ORDER BY c.relname`;
  const dropped: string[] = [];
  for (const { name } of marked) {
    try {
      await db.$transaction(async (tx) => {
        await setLockTimeout(tx);
        // Safe as raw SQL, here and below: the names are those of tables with our mark or of partitions.
        await tx.$executeRawUnsafe(`DROP TABLE IF EXISTS ${name}`);
      });
      dropped.push(name);
    } catch (error) {
      if (!isLockTimeout(error)) throw error;
    }
  }
  return dropped;
}

/** False, and nothing is changed, when the partition has an open delivery: one was opened again since the last look. */
async function detach(tx: Statements, table: string, partition: string): Promise<boolean> {
  await setLockTimeout(tx);
  await lockPartitions(tx);
  // DETACH takes this lock too; here, so that nothing is opened after the look
  await tx.$executeRawUnsafe(`LOCK TABLE ONLY ${table} IN ACCESS EXCLUSIVE MODE`);
  if (table === 'deliveries' && (await hasOpen(tx, partition))) return false;
  await tx.$executeRawUnsafe(`ALTER TABLE ${table} DETACH PARTITION ${partition}`);
  await tx.$executeRawUnsafe(`COMMENT ON TABLE ${partition} IS '${MARK}'`);
  return true;
}

async function hasOpen(tx: Statements, partition: string): Promise<boolean> {
  const open = await tx.$queryRaw<unknown[]>`SELECT FROM ${Prisma.raw(partition)} WHERE ${OPEN} LIMIT 1`;
  return open.length > 0;
}

async function setLockTimeout(tx: Statements): Promise<void> {
  await tx.$executeRawUnsafe(`SET LOCAL lock_timeout = ${LOCK_TIMEOUT_MS}`);
}

/** The weekly partitions by name, for example `events_20261116`. */
async function attachedPartitions(db: Database): Promise<string[]> {
  const tables = PARTITIONED.map(({ table }) => table);
  const rows = await db.$queryRaw<{ name: string }[]>`
    SELECT c.relname::text AS name FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = ANY (${tables}::regclass[]) AND c.relname ~ '^(events|deliveries|attempts)_[0-9]{8}$'`;
  return rows.map(({ name }) => name);
}

/** When a week ends, in Unix milliseconds. */
function endOf(name: string): number {
  return Date.parse(`${name.slice(0, 4)}-${name.slice(4, 6)}-${name.slice(6)}T00:00:00Z`) + WEEK_MS;
}
