import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { migrate } from '../../../prisma/migrate.ts';
import { createEmptyDatabase, type TestDatabase } from '../../support/database.ts';

const MIGRATIONS = join(import.meta.dirname, '../../../prisma/migrations');

let database: TestDatabase;
let folder: string;
let lines: string[];
const log = (line: string) => void lines.push(line);

beforeEach(async () => {
  database = await createEmptyDatabase();
  folder = await mkdtemp(join(tmpdir(), 'passwire-migrations-'));
  await cp(MIGRATIONS, folder, { recursive: true });
  lines = [];
});

afterEach(async () => {
  await database.drop();
  await rm(folder, { recursive: true });
});

async function query<Row extends object>(sql: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}

async function addMigration(name: string, sql: string): Promise<void> {
  await mkdir(join(folder, name), { recursive: true });
  await writeFile(join(folder, name, 'migration.sql'), sql);
}

describe('migrate', () => {
  it('applies every migration once and keeps the table of Prisma', async () => {
    await migrate(database.url, log, folder);
    const names = (await readdir(MIGRATIONS)).filter((name) => /^\d/.test(name)).sort();
    expect(lines.filter((line) => line.startsWith('applied'))).toEqual(names.map((name) => `applied ${name}`));
    expect(lines.filter((line) => line.startsWith('created partition'))).toHaveLength(15);

    const first = await readFile(join(MIGRATIONS, names[0] ?? '', 'migration.sql'));
    const rows = await query<{ migration_name: string }>('SELECT * FROM _prisma_migrations ORDER BY migration_name');
    expect(rows.map(({ migration_name }) => migration_name)).toEqual(names);
    expect(rows[0]).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      checksum: createHash('sha256').update(first).digest('hex'),
      started_at: expect.any(Date),
      finished_at: expect.any(Date),
      migration_name: names[0],
      logs: null,
      rolled_back_at: null,
      applied_steps_count: 1,
    });

    lines = [];
    await migrate(database.url, log, folder);
    expect(lines).toEqual([]);
  });

  it('may be called concurrently', async () => {
    await Promise.all(Array.from({ length: 4 }, () => migrate(database.url, log, folder)));
    expect(new Set(lines).size).toBe(lines.length);
    expect(lines.filter((line) => line.startsWith('created partition'))).toHaveLength(15);
  });

  it('applies what was added since', async () => {
    await migrate(database.url, log, folder);
    await addMigration('29990101000000_more', 'CREATE TABLE more (id int); INSERT INTO more VALUES (1);');
    lines = [];
    await migrate(database.url, log, folder);
    expect(lines).toEqual(['applied 29990101000000_more']);
    expect(await query('SELECT id FROM more')).toEqual([{ id: 1 }]);
  });

  it('refuses a migration that was changed after it was applied, and names it', async () => {
    await addMigration('29990101000000_more', 'CREATE TABLE more (id int)');
    await migrate(database.url, log, folder);
    await addMigration('29990101000000_more', 'CREATE TABLE more (id bigint)');
    await addMigration('29990102000000_later', 'CREATE TABLE later (id int)');
    await expect(migrate(database.url, log, folder)).rejects.toThrow('29990101000000_more was changed');
    expect(await query(`SELECT to_regclass('later') AS later`)).toEqual([{ later: null }]);
  });

  it('leaves nothing of a migration that fails, and names it', async () => {
    await addMigration('29990101000000_broken', 'CREATE TABLE half (id int); SELECT nonsense;');
    const failure = /^migration 29990101000000_broken failed: column "nonsense" does not exist$/;
    await expect(migrate(database.url, log, folder)).rejects.toThrow(failure);
    expect(await query(`SELECT to_regclass('half') AS half`)).toEqual([{ half: null }]);
    await addMigration('29990101000000_broken', 'CREATE TABLE half (id int)');
    await migrate(database.url, log, folder);
    expect(lines).toContain('applied 29990101000000_broken');
  });

  it("stops at a migration that Prisma's own runner left unfinished", async () => {
    await migrate(database.url, log, folder);
    await query(`INSERT INTO _prisma_migrations (id, checksum, migration_name) VALUES ('x', 'y', '29990101000000_stuck')`);
    await expect(migrate(database.url, log, folder)).rejects.toThrow('29990101000000_stuck was started but never finished');
  });
});
