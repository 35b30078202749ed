import { setTimeout as sleep } from 'node:timers/promises';
import { lowestUuidAt } from '../domain/id.ts';
import type { Database, Statements } from './database.ts';
import { isLockTimeout } from './database-errors.ts';

const PARTITIONED = [
  { table: 'events', key: 'id' },
  { table: 'deliveries', key: 'id' },
  { table: 'attempts', key: 'delivery_id' },
] as const;

const DAY_MS = 24 * 60 * 60 * 1000;
const WEEK_MS = 7 * DAY_MS;
/** The Unix epoch was a Thursday. */
const FIRST_MONDAY_MS = 4 * DAY_MS;
const WEEKS_AHEAD = 4;

const LOCK_TIMEOUT_MS = 500;
const LOCK_PAUSE_MS = 200;
const LOCK_TRIES = 10;

interface Partition {
  readonly table: string;
  readonly key: string;
  /** As `events_20261116`: the Monday it begins with. */
  readonly name: string;
  readonly from: string;
  readonly to: string;
}

/**
 * Makes the weekly partitions (from Monday 00:00 UTC) of events, deliveries and attempts that are missing, from the week of
 * `nowMs` (Unix milliseconds) to four weeks ahead. Rows that wait in a default partition move along. One statement when
 * there is nothing to do; any number of processes may call it at once. Moving many rows takes time: give it a database with
 * a statement timeout of minutes.
 *
 * @returns the names of the partitions it made
 * @throws Unavailable also when a table could not be locked, because somebody reads it for long; the next call goes on
 */
export async function ensurePartitions(db: Database, nowMs: number): Promise<string[]> {
  const made: string[] = [];
  for (const partition of await missing(db, partitionsFrom(nowMs))) {
    if (await makePartition(db, partition)) made.push(partition.name);
  }
  return made;
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

async function missing(db: Statements, partitions: readonly Partition[]): Promise<Partition[]> {
  // Not to_regclass: its cache still says "no such table" to one who waited for another to make it.
  const tables = PARTITIONED.map(({ table }) => table);
  const rows = await db.$queryRaw<{ name: string }[]>`
    SELECT c.relname::text AS name FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = ANY (${tables}::regclass[])`;
  const there = new Set(rows.map(({ name }) => name));
  return partitions.filter(({ name }) => !there.has(name));
}

async function makePartition(db: Database, partition: Partition): Promise<boolean> {
  for (let tries = 1; ; tries++) {
    try {
      return await db.$transaction((tx) => tryToMakePartition(tx, partition));
    } catch (error) {
      if (!isLockTimeout(error) || tries === LOCK_TRIES) throw error;
      await sleep(LOCK_PAUSE_MS);
    }
  }
}

/**
 * One partition in one transaction, so that it holds the locks of one table only. The table is locked against writers, who
 * else could go by its old partitions and miss the rows that move (CREATE TABLE ... PARTITION OF would lock it against
 * everybody); its default partition, which is mostly empty, is locked against all, as ATTACH PARTITION demands. Whoever
 * comes after us waits as long as we do: so we wait shortly, less than Postgres's deadlock_timeout too (1 s), and try again.
 */
async function tryToMakePartition(tx: Statements, partition: Partition): Promise<boolean> {
  const { table, key, name, from, to } = partition;
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtext('passwire partitions'))`;
  if ((await missing(tx, [partition])).length === 0) return false;
  // The names are ours and the bounds are UUIDs: nothing here comes from outside.
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
