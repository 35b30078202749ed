import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { Redis } from 'ioredis';
import pg from 'pg';
import { expect, test } from 'vitest';
import { sharedServers } from '../support/servers.ts';

const ROOT = join(import.meta.dirname, '../..');

test('npm run demo -- --once: every delivery where it should be, nothing left on the servers it was given', async () => {
  const { databaseUrl, redisUrl } = sharedServers();
  const demo = spawn(process.execPath, [join(ROOT, 'scripts/demo.mjs'), '--once'], {
    cwd: ROOT,
    env: { PATH: process.env.PATH, DATABASE_URL: databaseUrl, REDIS_URL: redisUrl },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [output, errors, [code]] = await Promise.all([text(demo.stdout), text(demo.stderr), once(demo, 'exit')]);

  expect({ code, errors }).toEqual({ code: 0, errors: '' });
  expect(output).toMatch(/(\d+) of \1 deliveries succeeded/);
  expect(output).toContain('1 dead letter, replayed');
  expect(output).not.toContain('✗');

  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const { rowCount } = await client.query("SELECT FROM pg_database WHERE datname = 'passwire_demo'");
  await client.end();
  expect(rowCount).toBe(0);
  const redis = new Redis(redisUrl);
  expect(await redis.keys('passwire-demo*')).toEqual([]);
  redis.disconnect();
});
