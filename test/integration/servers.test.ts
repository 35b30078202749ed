import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Redis } from 'ioredis';
import { Client } from 'pg';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { isAlive } from '../../scripts/servers/alive.mjs';
import { freePort, isFree, type Server, startServers } from '../../scripts/servers.mjs';
import { eventually } from '../support/poll.ts';
import { usePrivateServers } from '../support/servers.ts';

describe('private servers', () => {
  const servers = usePrivateServers({ redis: { appendonly: 'yes' } });

  test('listen on 127.0.0.1 only, want a password, and use no port that the system gives to clients', async () => {
    const { postgres, redis } = servers();
    for (const { port, url } of [postgres, redis]) {
      expect(port).toBeLessThan(32_768);
      expect(new URL(url)).toMatchObject({ hostname: '127.0.0.1', password: expect.stringMatching(/^[0-9a-f]{32}$/) });
    }
    await expect(query(withoutPassword(postgres), 'SELECT 1')).rejects.toThrow(/password/);
    await expect(command(withoutPassword(redis), 'PING')).rejects.toThrow(/NOAUTH/);
  });

  test('are set as production needs them', async () => {
    const { postgres, redis } = servers();
    const settings =
      "SELECT current_setting('fsync') f, current_setting('server_encoding') e, current_setting('TimeZone') z";
    expect(await query(postgres.url, settings)).toEqual([{ f: 'on', e: 'UTF8', z: 'UTC' }]);
    expect(await command(redis.url, 'CONFIG', 'GET', 'maxmemory-policy')).toEqual(['maxmemory-policy', 'noeviction']);
  });

  test('come back after a kill -9 and a restart, on the same URL, with their data', async () => {
    const { postgres, redis } = servers();
    await query(postgres.url, 'CREATE TABLE kept AS SELECT 1 AS one');
    await command(redis.url, 'SET', 'kept', '1');
    const before = [postgres.pid, redis.pid];
    for (const server of [postgres, redis]) {
      await server.kill();
      expect(server.running).toBe(false);
      await eventually(() => isFree(server.port), { what: 'the free port' });
      await server.start();
      await server.restart();
    }
    expect([postgres.pid, redis.pid]).not.toEqual(before);
    expect(await query(postgres.url, 'SELECT one FROM kept')).toEqual([{ one: 1 }]);
    expect(await command(redis.url, 'GET', 'kept')).toBe('1');
  });

  test('a frozen server answers nothing until it is thawed', async () => {
    const { redis } = servers();
    redis.freeze();
    const answer = command(redis.url, 'PING');
    expect(await Promise.race([answer, new Promise((resolve) => setTimeout(resolve, 300, 'silence'))])).toBe('silence');
    redis.thaw();
    expect(await answer).toBe('PONG');
  });
});

describe('what private servers leave behind', () => {
  const owners: number[] = [];
  afterAll(() => {
    for (const pid of owners) spawnSync('kill', ['-9', String(pid)]);
  });

  test('nothing after stop, frozen or not', async () => {
    const { postgres, redis, folder, stop } = await startServers({ postgres: { fsync: 'off' } });
    const pids = [postgres.pid ?? 0, redis.pid ?? 0];
    redis.freeze();
    await stop();
    expect(pids.filter(isAlive)).toEqual([]);
    expect(existsSync(folder)).toBe(false);
  });

  test.each(['SIGKILL', 'SIGTERM', 'SIGINT'] as const)('nothing after their owner died of %s', async (signal) => {
    const module = JSON.stringify(join(import.meta.dirname, '../../scripts/servers.mjs'));
    const code = `
      const { startServers } = await import(${module});
      const { postgres, redis, folder } = await startServers({ postgres: { fsync: 'off' } });
      console.log(JSON.stringify({ pids: [postgres.pid, redis.pid], folder }));
      setInterval(() => {}, 1000);`;
    const owner = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
    if (owner.pid) owners.push(owner.pid);
    const [line] = await once(createInterface({ input: owner.stdout }), 'line');
    const { pids, folder } = JSON.parse(line) as { pids: number[]; folder: string };
    expect(pids.filter(isAlive)).toEqual(pids);
    owner.kill(signal);
    await eventually(() => !pids.some(isAlive) && !existsSync(folder), { what: 'the clean-up' });
  });

  test('a failed start reports its reason and leaves nothing behind', async () => {
    // Other programs put folders among the temporary files at the same time.
    const own = mkdtempSync(join(tmpdir(), 'passwire-test-'));
    chmodSync(own, 0o755);
    vi.stubEnv('TMPDIR', own);
    try {
      await expect(startServers({ postgres: { no_such_setting: '1' } })).rejects.toThrow(/no_such_setting/);
      expect(readdirSync(own)).toEqual([]);
    } finally {
      vi.unstubAllEnvs();
      rmSync(own, { recursive: true });
    }
  });
});

test('a port with a listener is not free', async () => {
  const port = await freePort();
  const other = createServer().listen(port, '127.0.0.1');
  await once(other, 'listening');
  expect(await isFree(port)).toBe(false);
  other.close();
});

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  try {
    await client.connect();
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

async function command(url: string, name: string, ...args: string[]): Promise<unknown> {
  const redis = new Redis(url, { lazyConnect: true, maxRetriesPerRequest: 0, enableReadyCheck: false });
  redis.on('error', () => {});
  try {
    return await redis.call(name, ...args);
  } finally {
    redis.disconnect();
  }
}

function withoutPassword({ url }: Server): string {
  const bare = new URL(url);
  bare.password = '';
  return bare.href;
}
