import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createApp } from '../../../src/api/app.ts';
import type { Services } from '../../../src/api/services.ts';
import { Unavailable } from '../../../src/domain/errors.ts';

const ADMIN_KEY = 'a'.repeat(40);
const TENANT = 'ten_00000000-0000-7000-8000-000000000000';
const logged: object[] = [];
const abandoned: string[] = [];
let failure: Error = new Error('never');
let redis: () => Promise<unknown> = async () => undefined;
let postgres: () => Promise<unknown> = async () => undefined;

/** Every look at the store fails. */
const services = {
  adminKey: ADMIN_KEY,
  clock: Date.now,
  log: { info() {}, warn() {}, error: (fields: object) => void logged.push(fields) },
  apiKeys: { findByHash: async () => Promise.reject(failure) },
  tenants: { find: async () => Promise.reject(failure), create: async () => Promise.reject(failure) },
  idempotency: { begin: async () => undefined, abandon: async (_scope: string, key: string) => void abandoned.push(key) },
  health: { postgres: () => postgres(), redis: () => redis() },
} as unknown as Services;

let server: Server;
let origin: string;
beforeAll(async () => {
  server = createServer(createApp(services));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

function get(path: string, key = ADMIN_KEY): Promise<Response> {
  return fetch(`${origin}${path}`, { headers: { authorization: `Bearer ${key}` } });
}

function makeTenant(): Promise<Response> {
  const headers = { authorization: `Bearer ${ADMIN_KEY}`, 'content-type': 'application/json', 'idempotency-key': 'k' };
  return fetch(`${origin}/v1/tenants`, { method: 'POST', headers, body: '{"name":"x"}' });
}

describe('what fails on our side', () => {
  test('nobody expected it: 500, logged with its cause, which the answer does not tell', async () => {
    failure = new Error('the secret of the house');
    const response = await get(`/v1/templates?tenantId=${TENANT}`);
    const text = await response.text();
    expect(response.status).toBe(500);
    expect(text).not.toContain('secret of the house');
    expect(text).not.toMatch(/ at |\.ts/);
    const requestId = response.headers.get('x-request-id');
    expect(JSON.parse(text)).toMatchObject({ type: 'urn:passwire:problem:internal-error', requestId });
    expect(logged).toEqual([{ err: failure, requestId }]);
  });

  test('the store is away: 503 with Retry-After, also while the key is looked up', async () => {
    failure = new Unavailable('Postgres');
    for (const key of [ADMIN_KEY, 'pwk_other']) {
      const response = await get(`/v1/templates?tenantId=${TENANT}`, key);
      expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5']);
      expect(response.headers.get('content-type')).toBe('application/problem+json');
    }
  });

  test('its Idempotency-Key is free again', async () => {
    failure = new Unavailable('Postgres');
    expect((await makeTenant()).status).toBe(503);
    expect(abandoned).toEqual(['k']);
  });
});

describe('readiness', () => {
  test('without Redis is degraded, without Postgres unavailable; the reason stays inside', async () => {
    redis = () => Promise.reject(new Error('10.1.2.3 refused'));
    const degraded = await get('/readyz');
    expect([degraded.status, await degraded.json()]).toMatchObject([
      200,
      { status: 'degraded', parts: { redis: { ok: false } } },
    ]);
    postgres = () => new Promise(() => {});
    const unavailable = await get('/readyz');
    const text = await unavailable.text();
    expect([unavailable.status, JSON.parse(text)]).toMatchObject([
      503,
      { status: 'unavailable', parts: { postgres: { ok: false } } },
    ]);
    expect(text).not.toContain('10.1.2.3');
  });
});
