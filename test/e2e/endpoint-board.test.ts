import { expect, test } from 'vitest';
import { usePasswire } from '../support/passwire.ts';

const passwire = usePasswire();

interface Entry {
  readonly id: string;
  readonly condition: string;
  readonly due: number;
  readonly held: number;
  readonly oldestMs: number | null;
  readonly disablesAt: string | null;
  readonly failingSince: string | null;
  readonly lastAttempt: { readonly status: number | null; readonly verdict: string } | null;
  readonly lastHour: readonly { readonly delivered: number; readonly retryable: number }[];
  readonly paused: { readonly reason: string } | null;
}

interface Board {
  readonly counts: Record<string, number>;
  readonly endpoints: readonly Entry[];
}

test('the board has what needs attention first, with why and what happens; an endpoint is disabled and enabled by hand', async () => {
  const tenant = await passwire().makeTenant();
  const templateId = await tenant.makeTemplate();
  const { receiver, admin } = passwire();
  const { id: integrationId } = await tenant.makeIntegration({ dialect: 'standard', policy: { retryDelaysMs: [50, 50] } });
  const make = async (name: string, trigger: string, status: number) => {
    const path = `/${tenant.tenantId}/${name}`;
    receiver.answer(path, { status });
    await tenant.subscribe({ integrationId, templateId, trigger, url: receiver.url(path) });
    const { data } = await tenant.ok<{ data: { id: string; url: string }[] }>('GET', '/v1/endpoints');
    return data.find(({ url }) => url === receiver.url(path))?.id ?? '';
  };
  const good = await make('good', 'pass.created', 200);
  const bad = await make('bad', 'pass.generated', 503);
  const emit = (type: string, count: number) =>
    tenant.ok('POST', '/v1/events/batch', {
      events: Array.from({ length: count }, (_, index) => ({
        type,
        templateId: 'loyalty',
        occurredAt: '2026-03-01T12:00:00Z',
        pass: { id: `p-${index}` },
      })),
    });
  await emit('pass.created', 3);
  await emit('pass.generated', 12);
  const board = (query = '') => tenant.ok<Board>('GET', `/v1/endpoints/board${query}`);
  const entry = async (id: string) => (await board()).endpoints.find((one) => one.id === id);

  await expect.poll(async () => (await entry(bad))?.condition, { timeout: 60_000 }).toMatch(/^(half-)?open$/);
  await expect.poll(async () => (await entry(bad))?.failingSince).toEqual(expect.any(String));
  await expect
    .poll(async () => (await entry(good))?.lastHour.at(-1)?.delivered ?? 0, { timeout: 60_000 })
    .toBeGreaterThan(0);
  const { endpoints, counts } = await board();
  expect(endpoints.map(({ id }) => id)).toEqual([bad, good]);
  expect(counts).toEqual({ active: 1, failing: 1, disabled: 0 });
  const [failing] = endpoints;
  expect(failing).toMatchObject({ lastAttempt: { status: 503, verdict: 'retryable' }, paused: null });
  const failsForMs = Date.parse(failing?.disablesAt ?? '') - Date.parse(failing?.failingSince ?? '');
  expect(failsForMs).toBe(5 * 24 * 60 * 60 * 1000);
  expect(await entry(good)).toMatchObject({ condition: 'working', lastAttempt: { status: 200 }, disablesAt: null, due: 0 });

  // by hand
  const disable = await tenant.call('POST', `/v1/endpoints/${good}/disable`, { reason: 'their request' });
  expect(disable).toMatchObject({ status: 200, body: { state: 'disabled', paused: { reason: 'their request' } } });
  await emit('pass.created', 2);
  await expect.poll(async () => (await entry(good))?.held).toBe(2);
  expect((await board()).endpoints[0]).toMatchObject({ id: good, condition: 'disabled', oldestMs: expect.any(Number) });
  expect((await tenant.call('POST', `/v1/endpoints/${good}/disable`, { reason: 'again' })).status).toBe(409);
  expect((await tenant.call('POST', `/v1/endpoints/${good}/disable`, {})).status).toBe(422);
  const enabled = await tenant.ok<Entry>('POST', `/v1/endpoints/${good}/enable`, {});
  expect(enabled).toMatchObject({ state: 'active', paused: null });
  await expect.poll(async () => (await entry(good))?.held, { timeout: 60_000 }).toBe(0);

  // who sees what
  const all = await admin.ok<Board>('GET', '/v1/endpoints/board?limit=200');
  expect(all.endpoints.map(({ id }) => id)).toEqual(expect.arrayContaining([good, bad]));
  const other = await passwire().makeTenant();
  expect(await other.ok<Board>('GET', '/v1/endpoints/board')).toMatchObject({ endpoints: [] });
  expect((await other.call('GET', `/v1/endpoints/board?tenantId=${tenant.tenantId}`)).status).toBe(404);
  expect((await board('?host=127.0.0')).endpoints).toHaveLength(2);
  expect((await board('?host=example.com')).endpoints).toEqual([]);
});

test('workers are listed with what they do', async () => {
  const { admin } = passwire();
  const workers = async () =>
    (
      await admin.ok<{ data: { beatAgoMs: number; leads: boolean; slots: number; version: string }[] }>(
        'GET',
        '/v1/workers',
      )
    ).data;
  await expect
    .poll(async () => (await workers()).some(({ leads, slots }) => leads && slots > 0), { timeout: 30_000 })
    .toBe(true);
  for (const { beatAgoMs, version } of await workers()) {
    expect(beatAgoMs).toBeGreaterThanOrEqual(0);
    expect(version).toMatch(/^\d+\.\d+\.\d+/);
  }
  const tenant = await passwire().makeTenant();
  expect((await tenant.call('GET', '/v1/workers')).status).toBe(403);
});
