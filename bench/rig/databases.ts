import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type pg from 'pg';
import { ROOT } from '../../test/support/node-process.ts';

const TEMPLATE = 'bench_template';

/** Makes a migrated database to copy. */
export async function makeTemplate(sql: pg.Client, serverUrl: string): Promise<void> {
  await sql.query(`CREATE DATABASE ${TEMPLATE}`);
  const env = { PATH: process.env.PATH, DATABASE_URL: databaseUrl(serverUrl, TEMPLATE) };
  await promisify(execFile)(process.execPath, [join(ROOT, 'prisma/migrate.ts')], { env });
}

/** Makes a database of its own, migrated and empty. Returns its name. */
export async function makeDatabase(sql: pg.Client): Promise<string> {
  const name = `bench_${randomBytes(6).toString('hex')}`;
  await sql.query(`CREATE DATABASE ${name} TEMPLATE ${TEMPLATE}`);
  return name;
}

export function databaseUrl(serverUrl: string, database: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${database}`;
  return url.href;
}
