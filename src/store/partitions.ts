import { setTimeout as sleep } from 'node:timers/promises';
import { lowestUuidAt } from '../domain/id.ts';
import type { Database, Statements } from './database.ts';
import { isLockTimeout } from './database-errors.ts';

/** The partitioned tables, and the column that carries the time. */
export const PARTITIONED = [
  { table: 'events', key: 'id' },
  { table: 'deliveries', key: 'id' },
  { table: 'attempts', key: 'delivery_id' },
] as const;

const DAY_MS = 24 * 60 * 60 * 1000;
export const WEEK_MS = 7 * DAY_MS;
/** The Unix epoch was a Thursday. */
const FIRST_MONDAY_MS = 4 * DAY_MS;
const WEEKS_AHEAD = 4;

const LOCK_TIMEOUT_MS = 500;
const LOCK_PAUSE_MS = 200;
const LOCK_TRIES = 10;

interface Partition {
  readonly table: string;
  readonly key: string;
  /** For example `events_20261116`: the date is the Monday on which it begins. */
  readonly name: string;
  readonly from: string;
  readonly to: string;
}

/**
 * Creates the missing weekly partitions (from Monday 00:00 UTC) of events, deliveries and attempts, from the week of `nowMs`
 * (Unix milliseconds) to four weeks ahead, and moves their rows out of the default partitions. Runs one statement when none
 * is missing. Any number of processes may call it at once. Moving many rows takes time, so the database should have a
 * statement timeout of minutes.
 *
 * @returns the names of the created partitions
 * @throws Unavailable, also when a long read holds the lock on a table; the next call creates the remaining partitions
 */
export async function ensurePartitions(db: Database, nowMs: number): Promise<string[]> {
  const created: string[] = [];
  for (const partition of await findMissing(db, partitionsFrom(nowMs))) {
    if (await createPartition(db, partition)) created.push(partition.name);
  }
  return created;
}

function partitionsFrom(nowMs: number): Partition[] {
  const thisMonday = Math.floor((nowMs - FIRST_MONDAY_MS) / WEEK_MS) * WEEK_MS + FIRST_MONDAY_MS;
  return Array.from({ length: WEEKS_AHEAD + 1 }, (_, week) => thisMonday + week * WEEK_MS).flatMap((monday) =>
    PARTITIONED.map(({ table, key }) => ({
      table,
      key,
      name: `${table}_${new Date(monday).toISOString().slice(0, 10).replaceAll('-', '')}`,
      from: lowestUuidAt(monday),
      to: lowestUuidAt(monday + WEEK_MS),
    })),
  );
}

async function findMissing(db: Statements, partitions: readonly Partition[]): Promise<Partition[]> {
  // Not to_regclass: after waiting for another process to create the table, its cache still reports none.
  const tables = PARTITIONED.map(({ table }) => table);
  const rows = await db.$queryRaw<{ name: string }[]>`
    SELECT c.relname::text AS name FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = ANY (${tables}::regclass[])`;
  const existing = new Set(rows.map(({ name }) => name));
  return partitions.filter(({ name }) => !existing.has(name));
}

async function createPartition(db: Database, partition: Partition): Promise<boolean> {
  for (let tries = 1; ; tries++) {
    try {
      return await db.$transaction((tx) => tryToCreatePartition(tx, partition));
    } catch (error) {
      if (!isLockTimeout(error) || tries === LOCK_TRIES) throw error;
      await sleep(LOCK_PAUSE_MS);
    }
  }
}

/**
 * Creates one partition in one transaction, so that only one table is locked at a time. Returns false when it exists.
 *
 * The table is locked against writers: a writer that planned with the old partitions would miss the moved rows. (CREATE
 * TABLE ... PARTITION OF would lock out readers too.) The default partition, which is mostly empty, is locked against all
 * access, as ATTACH PARTITION requires. Later statements queue behind our lock request, so its timeout is short (below
 * Postgres's deadlock_timeout of 1 s), and the caller retries.
 */
async function tryToCreatePartition(tx: Statements, partition: Partition): Promise<boolean> {
  const { table, key, name, from, to } = partition;
  await lockPartitions(tx);
  if ((await findMissing(tx, [partition])).length === 0) return false;
  // Safe as raw SQL: the table names are constants and the bounds are computed UUIDs.
  await tx.$executeRawUnsafe(`SET LOCAL lock_timeout = ${LOCK_TIMEOUT_MS}`);
  await tx.$executeRawUnsafe(`LOCK TABLE ONLY ${table} IN SHARE ROW EXCLUSIVE MODE`);
  await tx.$executeRawUnsafe(`LOCK TABLE ${table}_default IN ACCESS EXCLUSIVE MODE`);
  await tx.$executeRawUnsafe(`CREATE TABLE ${name} (LIKE ${table} INCLUDING DEFAULTS INCLUDING CONSTRAINTS)`);
  await tx.$executeRawUnsafe(`
    WITH moved AS (DELETE FROM ${table}_default WHERE ${key} >= '${from}' AND ${key} < '${to}' RETURNING *)
    INSERT INTO ${name} SELECT * FROM moved`);
  await tx.$executeRawUnsafe(`ALTER TABLE ${table} ATTACH PARTITION ${name} FOR VALUES FROM ('${from}') TO ('${to}')`);
  return true;
}

/** One transaction at a time attaches or detaches partitions. */
export async function lockPartitions(tx: Statements): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtext('passwire partitions'))`;
}
