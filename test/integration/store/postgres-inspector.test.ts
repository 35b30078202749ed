import pg from 'pg';
import { afterEach, describe, expect, test } from 'vitest';
import { freePort } from '../../../scripts/servers.mjs';
import { PostgresInspector } from '../../../src/store/inspection/postgres-inspector.ts';
import { migrationNames } from '../../../src/store/migrations.ts';
import { createEmptyDatabase, createTestDatabase } from '../../support/database.ts';
import { type FakePostgres, startFakePostgres } from '../../support/fake-postgres.ts';

const cleanUps: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

function inspectorOf(url: string, keyIds: readonly string[] = []): PostgresInspector {
  const inspector = new PostgresInspector({ url, applicationName: 'test', keyIds, timeoutMs: 5000 });
  cleanUps.push(() => inspector.close());
  return inspector;
}

async function givenDatabase(create: typeof createTestDatabase): Promise<{ url: string; sql: pg.Client }> {
  const database = await create();
  cleanUps.push(() => database.drop());
  const sql = new pg.Client({ connectionString: database.url });
  await sql.connect();
  cleanUps.push(() => sql.end());
  return { url: database.url, sql };
}

/** Code and effect of each finding. */
async function findings(inspector: PostgresInspector): Promise<string[]> {
  return (await inspector.inspect()).findings.map(({ code, effect }) => `${code} ${effect}`);
}

describe('the inspection of a real Postgres', () => {
  test('finds nothing wrong with a migrated database, and its version', async () => {
    const { url, sql } = await givenDatabase(createTestDatabase);
    const { rows } = await sql.query<{ server_version: string }>('SHOW server_version');
    const facts = { version: rows[0]?.server_version, pooling: 'none' };
    expect(await inspectorOf(url).inspect()).toEqual({ facts, findings: [] });
  });

  test('names the migrations that a database lacks; newer ones than ours are fine', async () => {
    const empty = await givenDatabase(createEmptyDatabase);
    const [finding] = (await inspectorOf(empty.url).inspect()).findings;
    expect(finding).toMatchObject({ code: 'migrations', effect: 'blocks', advice: 'run npm run migrate' });
    expect(finding?.context?.missing).toEqual((await migrationNames()).slice(0, 5));

    const { url, sql } = await givenDatabase(createTestDatabase);
    const inspector = inspectorOf(url);
    await sql.query(`INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at)
      VALUES ('later', 'x', '29990101000000_later', now())`);
    expect(await findings(inspector)).toEqual([]);
    const last = (await migrationNames()).at(-1);
    await sql.query('UPDATE _prisma_migrations SET finished_at = NULL WHERE migration_name = $1', [last]);
    const [unfinished] = (await inspector.inspect()).findings;
    expect(unfinished?.context).toEqual({ missing: [last] });
  });

  test('distinguishes a missing database, a wrong password and refused TLS from a server that does not answer', async () => {
    const { url } = await givenDatabase(createTestDatabase);
    const changed = (change: (url: URL) => void) => {
      const other = new URL(url);
      change(other);
      return findings(inspectorOf(other.href));
    };
    const port = await freePort();
    expect(await changed((other) => (other.pathname = '/no_such_database'))).toEqual(['database-missing blocks']);
    expect(await changed((other) => (other.password = 'wrong'))).toEqual(['login blocks']);
    expect(await changed((other) => other.searchParams.set('sslmode', 'verify-full'))).toEqual(['tls blocks']);
    expect(await changed((other) => (other.port = String(port)))).toEqual(['unavailable interrupts']);
  });

  test('finds a database that accepts no writes', async () => {
    const { url, sql } = await givenDatabase(createTestDatabase);
    await sql.query(`ALTER DATABASE ${new URL(url).pathname.slice(1)} SET default_transaction_read_only = on`);
    expect(await findings(inspectorOf(url))).toEqual(['read-only interrupts']);
  });

  test('continues on a new connection when its own has broken', async () => {
    const { url, sql } = await givenDatabase(createTestDatabase);
    const inspector = inspectorOf(url);
    expect(await findings(inspector)).toEqual([]);
    await sql.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'test'`);
    await expect.poll(() => findings(inspector)).toEqual([]);
  });

  test('counts the secrets and headers in use whose keys are missing', async () => {
    const { url, sql } = await givenDatabase(createTestDatabase);
    await sql.query(`
      INSERT INTO tenants (id, name) VALUES ('00000000-0000-7000-8000-000000000001', 't');
      INSERT INTO integrations (id, tenant_id, name, dialect, options, policy, headers_key_id, headers_box, deleted_at) VALUES
        ('00000000-0000-7000-8000-000000000002', '00000000-0000-7000-8000-000000000001', 'i', 'standard', '{}', '{}', 'k1', '', NULL),
        ('00000000-0000-7000-8000-000000000003', '00000000-0000-7000-8000-000000000001', 'gone', 'standard', '{}', '{}', 'k9', '', now());
      INSERT INTO secrets (id, tenant_id, integration_id, kind, key_id, box, expires_at)
      SELECT gen_random_uuid(), '00000000-0000-7000-8000-000000000001', integration, 'hmac', key, '', ends FROM (VALUES
        ('00000000-0000-7000-8000-000000000002'::uuid, 'k1', NULL::timestamptz),
        ('00000000-0000-7000-8000-000000000002', 'k2', now() + interval '1 hour'),
        ('00000000-0000-7000-8000-000000000002', 'expired', now() - interval '1 hour'),
        ('00000000-0000-7000-8000-000000000003', 'deleted', NULL)) AS s (integration, key, ends)`);
    expect(await findings(inspectorOf(url, ['k1', 'k2']))).toEqual([]);
    const [finding] = (await inspectorOf(url, ['k2']).inspect()).findings;
    expect(finding).toMatchObject({ part: 'encryptionKeys', effect: 'degrades' });
    expect(finding?.context).toEqual({ missing: [{ id: 'k1', secrets: 2 }] });
  });
});

describe('the inspection of a Postgres in another shape', () => {
  const PROMISED = 4711;

  async function given(pidOf: (connection: number) => number, number = 150_018): Promise<FakePostgres> {
    const names = await migrationNames();
    const fake = await startFakePostgres((sql, connection) => {
      if (sql.includes('pg_backend_pid')) return [{ pid: pidOf(connection) }];
      if (sql.includes('_prisma_migrations WHERE')) return names.map((name) => ({ name }));
      if (sql.includes('server_version')) return [{ version: 'fake', number, read_only: false, migrated: true }];
      return [];
    }, PROMISED);
    cleanUps.push(() => fake.close());
    return fake;
  }

  test('a pooler in transaction mode: two connections meet the same server process', async () => {
    const { url } = await given(() => 100);
    expect(await findings(inspectorOf(url))).toEqual(['transaction-pooling blocks']);
  });

  test('a pooler in session mode: each connection has its own', async () => {
    const { url } = await given((connection) => 100 + connection);
    const { facts, findings: found } = await inspectorOf(url).inspect();
    expect([facts.pooling, found]).toEqual(['session', []]);
  });

  test('Postgres 14', async () => {
    const { url } = await given(() => PROMISED, 140_009);
    expect(await findings(inspectorOf(url))).toEqual(['version blocks']);
  });

  test('one that accepts connections and does not answer', async () => {
    const fake = await startFakePostgres(() => undefined, PROMISED);
    cleanUps.push(() => fake.close());
    const inspector = new PostgresInspector({ url: fake.url, applicationName: 'test', keyIds: [], timeoutMs: 100 });
    cleanUps.push(() => inspector.close());
    expect(await findings(inspector)).toEqual(['unavailable interrupts']);
  });
});
