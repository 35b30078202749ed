import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createApp } from '../../../src/api/app.ts';
import type { Services } from '../../../src/api/services.ts';
import { Overloaded, Unavailable } from '../../../src/domain/errors.ts';
import { type Finding, readinessOf } from '../../../src/domain/readiness.ts';
import type { RateLimit } from '../../../src/ports/rate-limits.ts';
import type { RequestReport } from '../../../src/ports/telemetry.ts';

const ADMIN_KEY = 'a'.repeat(40);
const TENANT = 'ten_00000000-0000-7000-8000-000000000000';
const EVENT = { type: 'pass.updated', templateId: 't', occurredAt: '2026-03-01T12:00:00Z', pass: { id: 'p' } };
const logged: object[] = [];
const abandoned: string[] = [];
let failure: Error = new Error('never');
const reported: RequestReport[] = [];
let findings: readonly Finding[] = [];
let inspections = 0;

/** Every look at the store fails. */
const unlimited: RateLimit = { limit: 1, windowS: 1, take: async () => undefined };
const services = {
  rates: { events: unlimited, others: unlimited, checks: unlimited },
  retention: { days: undefined, deadLetterDays: undefined },
  keyLimitOptions: { requests: 256, bodyBytes: 1024 * 1024 },
  failedKeyRate: unlimited,
  trustedProxies: [],
  console: { theme: 'auto' },
  portal: { origins: [] },
  adminKey: ADMIN_KEY,
  clock: Date.now,
  log: { info() {}, warn() {}, error: (fields: object) => void logged.push(fields) },
  apiKeys: { findByHash: async () => Promise.reject(failure) },
  tenants: { find: async () => Promise.reject(failure), create: async () => Promise.reject(failure) },
  ingest: { ingest: async () => Promise.reject(failure) },
  actAs: (_actor: unknown, work: () => Promise<unknown>) => work(),
  idempotency: {
    begin: async (scope: string, key: string) => ({ kind: 'held', held: { scope, key, holder: 'h' } }),
    abandon: async ({ key }: { readonly key: string }) => void abandoned.push(key),
  },
  servers: {
    readiness: async () => readinessOf(findings, ['postgres']),
    blockedBy: async () => findings.find(({ effect }) => effect === 'blocks'),
    async explains() {
      inspections += 1;
      return true;
    },
  },
  telemetry: { requestServed: (report: RequestReport) => void reported.push(report) },
  metrics: async () => ({ contentType: 'text/plain; version=0.0.4; charset=utf-8', text: 'passwire_ready 1\n' }),
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
  test('an unexpected error: 500, logged with its cause, which the answer does not contain', async () => {
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

  test('the store is unavailable: 503 with Retry-After, also while the key is looked up', async () => {
    failure = new Unavailable('Postgres');
    for (const key of [ADMIN_KEY, 'pwk_other']) {
      const response = await get(`/v1/templates?tenantId=${TENANT}`, key);
      expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5']);
      expect(response.headers.get('content-type')).toBe('application/problem+json');
    }
  });

  test.each([
    ['a read', 'GET', `/v1/templates?tenantId=${TENANT}`, undefined, 'It is safe'],
    ['an event with an id', 'POST', '/v1/events', { ...EVENT, id: 'e-1' }, 'It is safe'],
    ['an event without one', 'POST', '/v1/events', EVENT, 'It may have been stored: an event without an `id`'],
    ['a batch with ids', 'POST', '/v1/events/batch', { events: [{ ...EVENT, id: 'e-1' }] }, 'It is safe'],
    [
      'a batch that lacks one',
      'POST',
      '/v1/events/batch',
      { events: [{ ...EVENT, id: 'e-1' }, EVENT] },
      'It may have been',
    ],
    ['any other POST', 'POST', '/v1/tenants', { name: 'x' }, 'It may have taken effect'],
  ])('%s is advised about sending it again as it is', async (_, method, path, body, advice) => {
    for (const [error, code] of [
      [new Unavailable('Postgres'), 'unavailable'],
      [new Overloaded('Postgres took too long'), 'overloaded'],
    ] as const) {
      failure = error;
      const headers = { authorization: `Bearer ${ADMIN_KEY}`, 'content-type': 'application/json' };
      const sent = body === undefined ? {} : { body: JSON.stringify(body) };
      const named = method === 'POST' && path.startsWith('/v1/events') ? `${path}?tenantId=${TENANT}` : path;
      const response = await fetch(`${origin}${named}`, { method, headers, ...sent });
      expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5']);
      expect(await response.json()).toMatchObject({
        type: `urn:passwire:problem:${code}`,
        detail: expect.stringContaining(advice),
      });
    }
  });

  test('its Idempotency-Key is free again', async () => {
    failure = new Unavailable('Postgres');
    expect((await makeTenant()).status).toBe(503);
    expect(abandoned).toEqual(['k']);
  });
});

describe('readiness', () => {
  const finding = { code: 'unavailable', effect: 'interrupts', detail: 'does not answer', advice: '' } as const;
  const context = { err: '10.1.2.3 refused' };

  test('without Redis is degraded, without Postgres unavailable; the reason stays inside', async () => {
    findings = [{ part: 'redis', ...finding, context }];
    const degraded = await get('/readyz');
    expect([degraded.status, await degraded.json()]).toMatchObject([
      200,
      { status: 'degraded', parts: { postgres: { ok: true }, redis: { ok: false, detail: 'does not answer' } } },
    ]);
    findings = [{ part: 'postgres', ...finding, context }];
    const unavailable = await get('/readyz');
    const text = await unavailable.text();
    expect([unavailable.status, JSON.parse(text)]).toMatchObject([
      503,
      { status: 'unavailable', parts: { postgres: { ok: false } } },
    ]);
    expect(text).not.toContain('10.1.2.3');
    findings = [];
  });

  test('what only a person can correct refuses every call of the API, and nothing else', async () => {
    findings = [
      { ...finding, part: 'postgres', code: 'migrations', effect: 'blocks', detail: 'the database lacks migrations' },
    ];
    for (const response of [await get(`/v1/templates?tenantId=${TENANT}`), await makeTenant(), await get('/v1/none')]) {
      expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5']);
      expect(await response.json()).toMatchObject({
        type: 'urn:passwire:problem:not-ready',
        detail: expect.stringContaining('the database lacks migrations'),
      });
    }
    for (const path of ['/healthz', '/metrics', '/openapi.json']) expect((await get(path)).status, path).toBe(200);
    findings = [];
  });

  test('metrics are served as they are', async () => {
    const response = await get('/metrics');
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(await response.text()).toBe('passwire_ready 1\n');
  });
});

describe('the report of a request', () => {
  /** Of the last request to a route, which may still be on its way. */
  async function reportOf(route: string | undefined): Promise<RequestReport | undefined> {
    await expect.poll(() => reported.findLast((report) => report.route === route)).toBeDefined();
    return reported.findLast((report) => report.route === route);
  }

  test('has the route as a pattern, who called, for which tenant, and what went wrong', async () => {
    failure = new Unavailable('Postgres');
    const before = inspections;
    const response = await get(`/v1/templates?tenantId=${TENANT}`);
    expect(await reportOf('/v1/templates')).toMatchObject({
      requestId: response.headers.get('x-request-id'),
      method: 'GET',
      status: 503,
      complete: true,
      caller: 'configured-admin',
      problem: 'unavailable',
      requestBytes: 0,
      responseBytes: expect.any(Number),
    });
    expect(inspections).toBeGreaterThan(before); // so that the outage is logged at once
  });

  test('never has a path as requested', async () => {
    await get('/secret-path/of-a-tenant');
    expect(await reportOf(undefined)).toMatchObject({ status: 404, problem: 'not-found' });
    expect(JSON.stringify(reported)).not.toContain('secret-path');
  });

  test('has the size of a body', async () => {
    await makeTenant();
    expect(await reportOf('/v1/tenants')).toMatchObject({ method: 'POST', requestBytes: '{"name":"x"}'.length });
  });
});
