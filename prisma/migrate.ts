import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { mergeEndpoints } from '../src/store/configuration/merge-endpoints.ts';
import { openDatabase } from '../src/store/database.ts';
import { MIGRATIONS, migrationNames } from '../src/store/migrations.ts';
import { ensurePartitions } from '../src/store/partitions.ts';

// Applies prisma/migrations to the database at DATABASE_URL: `node prisma/migrate.ts`. Prisma's own runner needs its schema
// engine, a separate download. This one writes the same table, so `prisma migrate status` and similar commands still work.

/** The advisory lock of Prisma's own runner, so that the two exclude each other. */
const LOCK_KEY = 72707369;
/** Bound for one statement that moves rows into a new partition. */
const STATEMENT_TIMEOUT_MS = 60 * 60 * 1000;

const MIGRATIONS_TABLE = `
  CREATE TABLE IF NOT EXISTS _prisma_migrations (
    id varchar(36) PRIMARY KEY,
    checksum varchar(64) NOT NULL,
    finished_at timestamptz,
    migration_name varchar(255) NOT NULL,
    logs text,
    rolled_back_at timestamptz,
    started_at timestamptz NOT NULL DEFAULT now(),
    applied_steps_count integer NOT NULL DEFAULT 0
  )`;

interface Migration {
  readonly name: string;
  readonly sql: string;
  /** SHA-256 of the file, in hex. */
  readonly checksum: string;
}

/**
 * Applies pending migrations in the order of their names, each in one transaction, then does what SQL cannot: creates partitions and
 * merges endpoints of one address. Safe to call at any time and from several processes at once.
 *
 * @param log receives one line per migration and partition, and the number of merged endpoints
 * @param folder contains `<timestamp>_<name>/migration.sql`
 * @throws Error that names the migration that failed, was changed after it was applied, or was left unfinished
 */
export async function migrate(
  databaseUrl: string,
  log: (line: string) => void = () => {},
  folder = MIGRATIONS,
): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl, application_name: 'passwire migrate' });
  await client.connect();
  try {
    await client.query('SELECT pg_advisory_lock($1)', [LOCK_KEY]);
    await client.query(MIGRATIONS_TABLE);
    await applyPending(client, await readMigrations(folder), log);
  } finally {
    await client.end();
  }
  await finish(databaseUrl, log);
}

async function readMigrations(folder: string): Promise<Migration[]> {
  const names = await migrationNames(folder);
  return Promise.all(
    names.map(async (name) => {
      const sql = await readFile(join(folder, name, 'migration.sql'), 'utf8');
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
    }),
  );
}

async function applyPending(
  client: pg.Client,
  migrations: readonly Migration[],
  log: (line: string) => void,
): Promise<void> {
  const applied = await appliedChecksums(client);
  for (const migration of migrations) {
    const checksum = applied.get(migration.name);
    if (checksum === undefined) {
      await apply(client, migration);
      log(`applied ${migration.name}`);
    } else if (checksum !== migration.checksum) {
      throw new Error(`migration ${migration.name} was changed after it was applied; undo the change and add a migration`);
    }
  }
}

/** @throws Error when Prisma's runner left a migration unfinished; it must be resolved by hand */
async function appliedChecksums(client: pg.Client): Promise<Map<string, string>> {
  const { rows } = await client.query<{ name: string; checksum: string; finished: boolean }>(`
    SELECT migration_name AS name, checksum, finished_at IS NOT NULL AS finished FROM _prisma_migrations
    WHERE rolled_back_at IS NULL`);
  const unfinished = rows.find(({ finished }) => !finished);
  if (unfinished) throw new Error(`migration ${unfinished.name} was started but never finished; see _prisma_migrations`);
  return new Map(rows.map(({ name, checksum }) => [name, checksum]));
}

async function apply(client: pg.Client, { name, sql, checksum }: Migration): Promise<void> {
  await client.query('BEGIN');
  try {
    await client.query(sql);
    await client.query(
      `INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at, finished_at, applied_steps_count)
       VALUES (gen_random_uuid(), $1, $2, now(), clock_timestamp(), 1)`,
      [checksum, name],
    );
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {}); // fails when the connection is lost, which is then the error to report
    throw new Error(`migration ${name} failed: ${error instanceof Error ? error.message : error}`, { cause: error });
  }
}

async function finish(url: string, log: (line: string) => void): Promise<void> {
  const db = openDatabase({ url, poolSize: 1, statementTimeoutMs: STATEMENT_TIMEOUT_MS });
  try {
    for (const name of await ensurePartitions(db, Date.now())) log(`created partition ${name}`);
    const merged = await mergeEndpoints(db);
    if (merged > 0) log(`merged ${merged} endpoints into others of the same address`);
  } finally {
    await db.close();
  }
}

if (import.meta.main) {
  const url = process.env.DATABASE_URL;
  if (!url || !/^postgres(ql)?:\/\//.test(url)) {
    console.error(
      'DATABASE_URL must be the URL of the database to migrate, for example postgres://user@host:5432/passwire',
    );
    process.exit(1);
  }
  await migrate(url, console.log).catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  });
}
