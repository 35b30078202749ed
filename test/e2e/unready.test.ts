import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterEach, describe, expect, test } from 'vitest';
import { migrate } from '../../prisma/migrate.ts';
import type { Server } from '../../scripts/servers/server.mjs';
import { Client, type Json, testEnv } from '../support/client.ts';
import { createEmptyDatabase, createTestDatabase, type TestDatabase } from '../support/database.ts';
import { statusUrl } from '../support/metrics.ts';
import type { Env } from '../support/node-process.ts';
import { eventually } from '../support/poll.ts';
import type { ApiProcess, TestProcess } from '../support/process.ts';
import { useProcesses } from '../support/processes.ts';
import { sharedServers, usePrivateServers } from '../support/servers.ts';

const processes = useProcesses();
const databases: TestDatabase[] = [];
const running: TestProcess[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => one.kill()));
  for (const database of databases.splice(0)) await database.drop();
});

interface Pair {
  readonly api: ApiProcess;
  readonly worker: TestProcess;
  readonly admin: Client;
  /** Status and body of both `/readyz`. */
  readyz(): Promise<readonly { readonly status: number; readonly body: Readiness }[]>;
}

interface Readiness {
  readonly status: string;
  readonly parts: Readonly<Record<string, { readonly ok: boolean; readonly detail?: string }>>;
}

async function startPair(servers: Env): Promise<Pair> {
  const env = { ...testEnv(), ...servers };
  const [api, worker] = await Promise.all([processes.startApi(env), processes.startWorker(env)]);
  running.push(api, worker);
  const urls = [api.url, await statusUrl(worker)];
  const ask = async (url: string) => {
    const response = await fetch(`${url}/readyz`);
    return { status: response.status, body: (await response.json()) as Readiness };
  };
  const admin = new Client(() => api.url, env.ADMIN_KEY ?? '');
  return { api, worker, admin, readyz: () => Promise.all(urls.map(ask)) };
}

/** Waits until both processes are in a state. */
function untilBoth({ readyz }: Pair, status: string) {
  return eventually(async () => {
    const states = await readyz();
    return states.every(({ body }) => body.status === status) && states;
  });
}

async function databaseFrom(create: () => Promise<TestDatabase>): Promise<string> {
  const database = await create();
  databases.push(database);
  return database.url;
}

/** Warnings and errors. */
function complaints({ log }: TestProcess): string[] {
  return log.filter(({ level }) => Number(level) >= 40).map(({ msg }) => String(msg));
}

const prefix = (): string => `{test-${Math.random().toString(36).slice(2)}}`;

describe('a database without migrations', () => {
  test('is reported with what to do; requests are refused, and work begins once it is migrated', async () => {
    const DATABASE_URL = await databaseFrom(createEmptyDatabase);
    const pair = await startPair({ DATABASE_URL, REDIS_URL: sharedServers().redisUrl, REDIS_PREFIX: prefix() });
    for (const { status, body } of await untilBoth(pair, 'unavailable')) {
      expect(status).toBe(503);
      expect(body.parts.postgres?.detail).toMatch(/lacks \d+ migrations/);
    }
    const refused = await pair.admin.call('POST', '/v1/tenants', { name: 'Acme' });
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5']);
    expect(refused.body).toMatchObject({ type: 'urn:passwire:problem:not-ready' });
    for (const process of [pair.api, pair.worker]) {
      await process.waitUntil(() => complaints(process).length > 0);
      expect(complaints(process)).toEqual([expect.stringContaining('run npm run migrate')]);
    }
    expect(pair.worker.log.map(({ msg }) => msg)).not.toContain('worker started');

    await migrate(DATABASE_URL);
    await untilBoth(pair, 'ready');
    expect((await pair.admin.call('POST', '/v1/tenants', { name: 'Acme' })).status).toBe(201);
    await pair.worker.waitUntil(() => pair.worker.log.some(({ msg }) => msg === 'worker started'));
  });

  test('a worker that waits for it ends at once when it is asked to', async () => {
    const DATABASE_URL = await databaseFrom(createEmptyDatabase);
    const { worker } = await startPair({ DATABASE_URL, REDIS_URL: sharedServers().redisUrl, REDIS_PREFIX: prefix() });
    await worker.waitUntil(() => complaints(worker).length > 0);
    expect(await worker.stop()).toEqual({ code: 0, signal: null });
  });
});

test.each([
  ['a database that does not exist', (url: URL) => (url.pathname = '/no_such_database'), 'does not exist'],
  ['a wrong password', (url: URL) => (url.password = 'wrong'), 'the login is refused'],
  ['TLS that the server does not offer', (url: URL) => url.searchParams.set('sslmode', 'verify-full'), 'TLS'],
])('%s is reported once with what to do, and requests are refused', async (_what, change, detail) => {
  const url = new URL(sharedServers().databaseUrl);
  change(url);
  const pair = await startPair({ DATABASE_URL: url.href, REDIS_URL: sharedServers().redisUrl, REDIS_PREFIX: prefix() });
  for (const { body } of await untilBoth(pair, 'unavailable')) expect(body.parts.postgres?.detail).toContain(detail);
  expect((await pair.admin.call('GET', '/v1/tenants')).status).toBe(503);
  for (const process of [pair.api, pair.worker]) {
    await process.waitUntil(() => complaints(process).length > 0);
    expect(complaints(process)).toEqual([expect.stringContaining('To correct: ')]);
  }
});

describe('encryption keys', () => {
  test('that stored secrets need and a process lacks are reported by id and count', async () => {
    const servers = { DATABASE_URL: await databaseFrom(createTestDatabase), REDIS_URL: sharedServers().redisUrl };
    const first = await startPair({ ...servers, REDIS_PREFIX: prefix() });
    await untilBoth(first, 'ready');
    const { id: tenantId } = await first.admin.ok<{ id: string }>('POST', '/v1/tenants', { name: 'Acme' });
    const integration = { tenantId, name: 'i', dialect: 'standard' };
    const { id: integrationId } = await first.admin.ok<{ id: string }>('POST', '/v1/integrations', integration);
    await first.admin.ok('POST', '/v1/templates', { tenantId, name: 'Loyalty', externalId: 'loyalty' });
    const url = 'http://127.0.0.1:9/hook';
    await first.admin.ok('POST', '/v1/subscriptions', { tenantId, integrationId, trigger: 'pass.created', url });
    await first.worker.kill();
    const other = `other:${Buffer.alloc(32, 1).toString('base64')}`;
    const second = await startPair({ ...servers, REDIS_PREFIX: prefix(), ENCRYPTION_KEYS: other });
    for (const { status, body } of await untilBoth(second, 'degraded')) {
      expect(status).toBe(200);
      expect(body.parts.encryptionKeys).toEqual({ ok: false, detail: 'a key of stored secrets missing' });
    }
    for (const process of [second.api, second.worker]) {
      const missing = await eventually(() => process.log.find(({ part }) => part === 'encryptionKeys')?.missing as object);
      expect(missing).toEqual([{ id: 'test', secrets: 1 }]);
    }
    const event = { type: 'pass.created', templateId: 'loyalty', occurredAt: '2026-01-01T00:00:00Z', pass: { id: 'p' } };
    await second.admin.ok('POST', '/v1/events', { tenantId, ...event });
    // its attempt fails; the delivery does not hang in a worker that cannot sign it
    const [delivery] = await eventually(async () => {
      const { data } = await second.admin.ok<{ data: Json[] }>('GET', `/v1/deliveries?tenantId=${tenantId}&state=retrying`);
      return data.length > 0 && data;
    });
    expect(delivery).toMatchObject({ attemptCount: 1, lastReason: expect.stringContaining('cannot be decrypted') });
  });
});

describe('a Redis in cluster mode', () => {
  const servers = usePrivateServers({ redis: { 'cluster-enabled': 'yes' } });

  test('is reported once; nothing is tried on it, and requests are refused', async () => {
    const DATABASE_URL = await databaseFrom(createTestDatabase);
    const pair = await startPair({ DATABASE_URL, REDIS_URL: servers().redis.url });
    for (const { body } of await untilBoth(pair, 'unavailable'))
      expect(body.parts.redis).toEqual({ ok: false, detail: 'cluster mode is not supported' });
    for (let asked = 0; asked < 20; asked++) expect((await pair.admin.call('GET', '/v1/tenants')).status).toBe(503);
    for (const process of [pair.api, pair.worker]) {
      await process.waitUntil(() => complaints(process).length > 0);
      expect(complaints(process)).toEqual([expect.stringContaining('use a Redis with cluster-enabled no')]);
    }
  });
});

describe('an outage', () => {
  const servers = usePrivateServers();

  const FAULTS = {
    killed: { begin: (server: Server) => server.kill(), end: (server: Server) => server.start() },
    frozen: { begin: (server: Server) => server.freeze(), end: (server: Server) => server.thaw() },
  };

  /** Requests and sweeps go on meanwhile, and all of them fail. */
  async function outage(pair: Pair, server: 'postgres' | 'redis', fault: keyof typeof FAULTS): Promise<void> {
    await FAULTS[fault].begin(servers()[server]);
    await eventually(async () => (await pair.readyz()).every(({ body }) => body.parts[server]?.ok === false));
    for (let asked = 0; asked < 50; asked++) await pair.admin.call('POST', '/v1/tenants', { name: 'x' });
    await FAULTS[fault].end(servers()[server]);
    await untilBoth(pair, 'ready');
  }

  test.each([
    ['postgres', 'killed'],
    ['postgres', 'frozen'],
    ['redis', 'killed'],
    ['redis', 'frozen'],
  ] as const)('of %s that is %s is logged when it begins and when it ends', async (server, fault) => {
    const DATABASE_URL = await databaseOn(servers().postgres.url);
    const pair = await startPair({ DATABASE_URL, REDIS_URL: servers().redis.url, REDIS_PREFIX: prefix() });
    await untilBoth(pair, 'ready');
    await pair.worker.waitUntil(() => pair.worker.log.some(({ msg }) => msg === 'worker started'));
    await outage(pair, server, fault);
    const name = server === 'postgres' ? 'Postgres' : 'Redis';
    for (const process of [pair.api, pair.worker]) {
      const about = await eventually(() => {
        const lines = process.log.filter(({ part }) => part === server);
        return lines.length > 1 && lines;
      });
      // a busy machine can look like a second, short outage; each is reported in the same two lines
      const reported = new RegExp(`^${name} is unavailable. To correct: `);
      const others = complaints(process)
        .map(String)
        .filter((complaint) => !reported.test(complaint));
      // and one statement that took too long on it is no outage: the sweep that it was part of says so, once
      expect(new Set(others).size).toBe(others.length);
      expect(others.filter((complaint) => !complaint.endsWith(': skipped until the next run'))).toEqual([]);
      expect(about.slice(0, 2).map(({ msg }) => String(msg).split('.')[0])).toEqual([
        `${name} is unavailable`,
        `${name} is available again`,
      ]);
      expect(about[1]?.lastedMs).toBeGreaterThan(0);
    }
  });

  test('is not reported by a process that ends in good order', async () => {
    const DATABASE_URL = await databaseOn(servers().postgres.url);
    const pair = await startPair({ DATABASE_URL, REDIS_URL: servers().redis.url, REDIS_PREFIX: prefix() });
    await untilBoth(pair, 'ready');
    await pair.worker.waitUntil(() => pair.worker.log.some(({ msg }) => msg === 'worker started'));
    for (const process of [pair.api, pair.worker]) {
      expect(await process.stop()).toEqual({ code: 0, signal: null });
      expect(complaints(process)).toEqual([]);
    }
  });

  /** A migrated database on a server of this file, which ends with it: new workers report those that another test killed. */
  async function databaseOn(serverUrl: string): Promise<string> {
    const server = new pg.Client({ connectionString: serverUrl });
    await server.connect();
    const url = new URL(serverUrl);
    url.pathname = `test_${randomBytes(8).toString('hex')}`;
    await server.query(`CREATE DATABASE ${url.pathname.slice(1)}`);
    await server.end();
    await migrate(url.href);
    return url.href;
  }
});
