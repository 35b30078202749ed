import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll } from 'vitest';
import { migrate } from '../../prisma/migrate.ts';
import { type Database, openDatabase } from '../../src/store/database.ts';

const MIGRATIONS = join(import.meta.dirname, '../../prisma/migrations');
const TEMPLATE_LOCK = 5_104_077;

export interface TestDatabase {
  /** For `DATABASE_URL` or `openDatabase`. */
  readonly url: string;
  /** Breaks off what is still connected. */
  drop(): Promise<void>;
}

/** Makes a migrated database of the caller's own on the server of TEST_DATABASE_URL: a copy, so that it takes no time. */
export function createTestDatabase(): Promise<TestDatabase> {
  return withServer(async (server) => {
    const template = await migratedTemplate(server);
    return createDatabase(server, `TEMPLATE ${template}`);
  });
}

/** Makes an empty database, for tests of what migrates it. */
export function createEmptyDatabase(): Promise<TestDatabase> {
  return withServer((server) => createDatabase(server, ''));
}

/** A migrated database for this test file, opened; closed and dropped after its tests. */
export function useDatabase(): () => Database {
  let made: TestDatabase | undefined;
  let opened: ReturnType<typeof openDatabase> | undefined;
  beforeAll(async () => {
    made = await createTestDatabase();
    opened = openDatabase({ url: made.url });
  });
  afterAll(async () => {
    await opened?.close();
    await made?.drop();
  });
  return () => {
    if (!opened) throw new Error('the database is there from beforeAll on');
    return opened;
  };
}

async function createDatabase(server: pg.Client, from: string): Promise<TestDatabase> {
  const name = `test_${randomBytes(8).toString('hex')}`;
  await server.query(`CREATE DATABASE ${name} ${from}`);
  return {
    url: urlOf(name),
    drop: () => withServer(async (again) => void (await again.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`))),
  };
}

/**
 * The database to copy, made by the first caller. It gets its name when it is ready, and the name carries what it was
 * made from, so that a server that outlives a run never gives an old one.
 */
async function migratedTemplate(server: pg.Client): Promise<string> {
  const name = `template_${fingerprint()}`;
  await server.query('SELECT pg_advisory_lock($1)', [TEMPLATE_LOCK]);
  try {
    const { rowCount } = await server.query('SELECT FROM pg_database WHERE datname = $1', [name]);
    if (rowCount === 0) {
      await server.query(`DROP DATABASE IF EXISTS ${name}_unready WITH (FORCE)`);
      await server.query(`CREATE DATABASE ${name}_unready`);
      await migrate(urlOf(`${name}_unready`));
      await server.query(`ALTER DATABASE ${name}_unready RENAME TO ${name}`);
    }
  } finally {
    await server.query('SELECT pg_advisory_unlock($1)', [TEMPLATE_LOCK]);
  }
  return name;
}

function fingerprint(): string {
  const hash = createHash('sha256').update(new Date().toISOString().slice(0, 10)); // partitions are made for a day
  for (const file of readdirSync(MIGRATIONS, { recursive: true, encoding: 'utf8' }).sort()) {
    if (file.endsWith('.sql')) hash.update(file).update(readFileSync(join(MIGRATIONS, file)));
  }
  return hash.digest('hex').slice(0, 12);
}

async function withServer<T>(work: (server: pg.Client) => Promise<T>): Promise<T> {
  const server = new pg.Client({ connectionString: serverUrl() });
  await server.connect();
  try {
    return await work(server);
  } finally {
    await server.end();
  }
}

function urlOf(database: string): string {
  const url = new URL(serverUrl());
  url.pathname = `/${database}`;
  return url.href;
}

function serverUrl(): string {
  const url = process.env.TEST_DATABASE_URL;
  if (!url) throw new Error('TEST_DATABASE_URL is not set. Run the tests by `npm test`, which starts a server for them.');
  return url;
}
