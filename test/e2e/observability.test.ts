import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { metricsOf, metricTypesOf, statusUrl } from '../support/metrics.ts';
import { ROOT } from '../support/node-process.ts';
import { usePasswire } from '../support/passwire.ts';
import { eventually } from '../support/poll.ts';
import type { TestProcess } from '../support/process.ts';

const passwire = usePasswire();

type Line = Readonly<Record<string, unknown>>;

const HEADER_VALUE = 'Bearer of-the-receiver-9f2b';
const POINTS = 'points-of-the-member-7c1d';

/** A tenant whose one subscription leads to a URL of its own, with a secret in its query. */
async function prepare() {
  const tenant = await passwire().makeTenant();
  const templateId = await tenant.makeTemplate({ fields: [{ key: 'points' }] });
  const headers = { authorization: HEADER_VALUE };
  const { id: integrationId, secrets } = await tenant.makeIntegration({ dialect: 'standard', headers });
  const path = `/${tenant.tenantId}/hook`;
  const url = `${passwire().receiver.url(path)}?token=in-the-url-3e5a`;
  const subscriptionId = await tenant.subscribe({ integrationId, templateId, trigger: 'pass.created', url });
  const emit = (passId: string): Promise<string> =>
    tenant.emit({
      type: 'pass.created',
      templateId,
      occurredAt: '2026-03-01T12:00:00Z',
      pass: { id: passId, fields: { points: POINTS } },
    });
  return { tenant, path, subscriptionId, emit, secrets };
}

/** Waits for a line with these fields. */
function lineWith(process: TestProcess, fields: Line): Promise<Line> {
  const isMatch = (line: Line) => Object.entries(fields).every(([name, value]) => line[name] === value);
  return eventually(() => process.log.find(isMatch), { what: `a line with ${JSON.stringify(fields)}` });
}

describe('the log', () => {
  test('has a line for the request, the events and the attempt, with everything that is known', async () => {
    const { tenant, subscriptionId, emit } = await prepare();
    const eventId = await emit('pas_1');
    const delivery = await tenant.settled(eventId, ['succeeded']);
    const { api, worker } = passwire();
    expect(await lineWith(api, { msg: 'request', tenantId: tenant.tenantId, route: '/v1/events' })).toMatchObject({
      level: 30,
      method: 'POST',
      status: 202,
      requestId: expect.any(String),
      caller: expect.stringMatching(/^key_/),
      requestBytes: expect.any(Number),
      responseBytes: expect.any(Number),
      durationMs: expect.any(Number),
    });
    const stored = await eventually(() =>
      api.log.find(({ msg, eventIds }) => msg === 'events stored' && (eventIds as string[]).includes(eventId)),
    );
    expect(stored).toMatchObject({ requests: 1, accepted: 1, duplicates: 0, refused: 0, deliveries: 1 });
    expect(await lineWith(worker, { msg: 'attempt', deliveryId: delivery.id })).toMatchObject({
      level: 30,
      eventId,
      tenantId: tenant.tenantId,
      subscriptionId,
      endpointId: expect.stringMatching(/^end_/),
      dialect: 'standard',
      trigger: 'pass.created',
      attempt: 1,
      status: 200,
      verdict: 'delivered',
      next: 'succeeded',
      queueWaitMs: expect.any(Number),
      firstByteMs: expect.any(Number),
      totalMs: expect.any(Number),
      recordMs: expect.any(Number),
      requestBytes: expect.any(Number),
      responseBytes: 0,
    });
  });

  test('warns of a dead letter and of the endpoint that is disabled for it', async () => {
    const { tenant, path, emit } = await prepare();
    passwire().receiver.answer(path, { status: 410 });
    const { id: deliveryId } = await tenant.settled(await emit('pas_1'), ['dead']);
    const { worker } = passwire();
    const { data } = await tenant.ok<{ data: { id: string }[] }>('GET', '/v1/dead-letters');
    expect(await lineWith(worker, { deliveryId, next: 'dead' })).toMatchObject({
      level: 40,
      status: 410,
      verdict: 'permanent',
      deadLetterId: data[0]?.id,
    });
    const disabled = await lineWith(worker, { msg: 'endpoint disabled', tenantId: tenant.tenantId });
    expect(disabled).toMatchObject({ level: 40, reason: 'gone' });
  });

  test('warns of a breaker that opens', async () => {
    const { tenant, path, emit } = await prepare();
    passwire().receiver.answer(path, { status: 500 });
    for (const n of [1, 2, 3, 4, 5]) await emit(`pas_${n}`);
    const msg = 'endpoint failing: its breaker opened';
    expect(await lineWith(passwire().worker, { msg, tenantId: tenant.tenantId })).toMatchObject({
      level: 40,
      endpointId: expect.stringMatching(/^end_/),
      failingSince: expect.any(String),
    });
  });

  test('names the version and the settings of a process and what it found of its servers', async () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
    const { api, worker, env } = passwire();
    for (const [process, msg] of [[api, 'API starting'] as const, [worker, 'worker starting'] as const]) {
      const settings = { redis: { prefix: env.REDIS_PREFIX }, encryptionKeys: ['test'], adminKey: 'set' };
      expect(await lineWith(process, { msg })).toMatchObject({ version, settings });
      expect(await lineWith(process, { msg: 'servers inspected' })).toMatchObject({
        postgres: { version: expect.stringMatching(/^\d+/) },
        redis: { version: expect.stringMatching(/^\d+/), evictionPolicy: 'noeviction' },
      });
    }
  });

  test('has no secret, no header, no body and no URL', async () => {
    const { tenant, emit, secrets } = await prepare();
    const { id } = await tenant.settled(await emit('pas_1'), ['succeeded']);
    const { api, worker, env, receiver } = passwire();
    await lineWith(worker, { msg: 'attempt', deliveryId: id });
    const signature = String(receiver.requests.at(-1)?.headers['webhook-signature']);
    const password = new URL(env.DATABASE_URL ?? '').password;
    const keys = [env.ADMIN_KEY, env.ENCRYPTION_KEYS?.split(':')[1], password, new URL(env.REDIS_URL ?? '').password];
    const values = [
      ...keys,
      ...secrets.map(({ value }) => value),
      HEADER_VALUE,
      POINTS,
      'in-the-url-3e5a',
      '/hook',
      signature,
    ];
    const shown = values.filter((value) => value && `${api.output}${worker.output}`.includes(value));
    expect(shown).toEqual([]);
  });
});

describe('metrics', () => {
  let apiUrl: string;
  let workerUrl: string;
  beforeAll(async () => {
    apiUrl = passwire().api.url;
    workerUrl = await statusUrl(passwire().worker);
  });

  test('count events, deliveries and attempts, with the phases that they passed through', async () => {
    const before = await metricsOf(workerUrl);
    const { tenant, emit } = await prepare();
    await tenant.settled(await emit('pas_1'), ['succeeded']);
    const grown = (name: string, after: ReadonlyMap<string, number>) => (after.get(name) ?? 0) - (before.get(name) ?? 0);
    const after = await eventually(async () => {
      const now = await metricsOf(workerUrl);
      return grown('passwire_deliveries_ended_total{dialect="standard",state="succeeded"}', now) === 1 && now;
    });
    expect(grown('passwire_attempts_total{dialect="standard",verdict="delivered",result="2xx"}', after)).toBe(1);
    for (const phase of ['queue_wait', 'first_byte', 'total', 'record'])
      expect(grown(`passwire_phase_duration_seconds_count{phase="${phase}"}`, after), phase).toBeGreaterThan(0);
    const ofApi = await metricsOf(apiUrl);
    expect(ofApi.get('passwire_events_total{result="accepted"}')).toBeGreaterThan(0);
    expect(ofApi.get('passwire_deliveries_created_total')).toBeGreaterThan(0);
    expect(ofApi.get('passwire_http_requests_total{route="POST /v1/events",status="2xx"}')).toBeGreaterThan(0);
    for (const phase of ['accept', 'store'])
      expect(ofApi.get(`passwire_phase_duration_seconds_count{phase="${phase}"}`), phase).toBeGreaterThan(0);
  });

  test('tell whether the process is ready, what waits, and what it costs', async () => {
    for (const url of [apiUrl, workerUrl]) {
      const samples = await metricsOf(url);
      expect(samples.get('passwire_ready')).toBe(1);
      for (const part of ['postgres', 'redis', 'encryptionKeys'])
        expect(samples.get(`passwire_part_ok{part="${part}"}`), part).toBe(1);
      for (const name of ['passwire_oldest_due_seconds{endpoints="healthy"}', 'passwire_deliveries_parked'])
        expect(samples.get(name), name).toBeGreaterThanOrEqual(0);
      for (const name of ['process_cpu_seconds_total', 'process_resident_memory_bytes'])
        expect(samples.get(name), name).toBeGreaterThan(0);
    }
    expect((await metricsOf(workerUrl)).get('passwire_worker_slots')).toBeGreaterThan(0);
  });

  test('have no label with a tenant, an id or a URL', async () => {
    for (const url of [apiUrl, workerUrl]) {
      const names = [...(await metricsOf(url)).keys()].join('\n');
      expect(names).not.toMatch(/[a-z]{3}_[0-9a-f]{8}-|https?:|127\.0\.0\.1|\/hook/);
    }
    await fetch(`${apiUrl}/no/such/path-5d1c`);
    await eventually(async () => (await metricsOf(apiUrl)).get('passwire_http_requests_total{route="none",status="4xx"}'));
    expect([...(await metricsOf(apiUrl)).keys()].join()).not.toContain('path-5d1c');
  });

  test('are all described in docs/operations.md, each with what to do', async () => {
    const served = new Map([...(await metricTypesOf(apiUrl)), ...(await metricTypesOf(workerUrl))]);
    const manual = readFileSync(join(ROOT, 'docs/operations.md'), 'utf8');
    const rows = [...manual.matchAll(/^\| `((?:passwire|process|nodejs)_\w+)`[^|]*\|([^|]*)\|([^|]*)\|([^|]*)\|$/gm)];
    expect(rows.map(([, name]) => name).toSorted()).toEqual([...served.keys()].toSorted());
    for (const [, name, where = '', meaning = '', toDo = ''] of rows) {
      const processes = [await metricTypesOf(apiUrl), await metricTypesOf(workerUrl)].map((types) => types.has(name ?? ''));
      const expected = processes.every(Boolean) ? 'both' : processes[0] ? 'API' : 'worker';
      expect(where.trim(), name).toBe(expected);
      expect(Math.min(meaning.trim().length, toDo.trim().length), name).toBeGreaterThan(0);
    }
  });
});

describe('health of a worker', () => {
  test('is served on a port of its own', async () => {
    const url = await statusUrl(passwire().worker);
    expect(await (await fetch(`${url}/healthz`)).json()).toEqual({ status: 'ok' });
    const ready = await eventually(async () => {
      const response = await fetch(`${url}/readyz`);
      return response.status === 200 && response;
    });
    const ok = { ok: true };
    expect(await ready.json()).toEqual({ status: 'ready', parts: { postgres: ok, redis: ok, encryptionKeys: ok } });
    expect((await fetch(`${url}/`)).status).toBe(404);
  });

  test('a worker whose port is in use reports it and still delivers', async () => {
    const { port } = new URL(await statusUrl(passwire().worker));
    const second = await passwire().startWorker({ WORKER_PORT: port });
    await lineWith(second, { msg: 'health and metrics not served: set WORKER_PORT', port: Number(port) });
    await lineWith(second, { msg: 'worker started' });
    await second.stop();
  });
});
