import { expect, test } from 'vitest';
import { usePasswire } from '../support/passwire.ts';
import type { TestProcess } from '../support/process.ts';

const passwire = usePasswire();
const LONG_AGO = '2020-01-01T00:00:00Z';

interface DryRun {
  readonly count: number;
  readonly leftOut: number;
  readonly confirmToken: string;
  readonly endpoints: readonly { readonly endpointId: string; readonly states: Record<string, number> }[];
}

interface Replay {
  readonly id: string;
  readonly state: string;
  readonly [name: string]: unknown;
}

/** A tenant whose endpoint refuses everything for good, with `count` dead deliveries. */
async function broken(count: number, subscription: object = {}) {
  const tenant = await passwire().makeTenant();
  const templateId = await tenant.makeTemplate();
  const { id: integrationId } = await tenant.makeIntegration({ dialect: 'standard', limits: { maxInFlight: 50 } });
  const path = `/${tenant.tenantId}/hook`;
  const { receiver } = passwire();
  receiver.answer(path, { status: 413 });
  const subscriptionId = await tenant.subscribe({
    integrationId,
    templateId,
    trigger: 'pass.created',
    url: receiver.url(path),
    ...subscription,
  });
  const event = (number: number) => ({
    type: 'pass.created',
    templateId: 'loyalty',
    occurredAt: '2026-03-01T12:00:00Z',
    pass: { id: `p-${number % 3}`, fields: { number } },
  });
  await tenant.ok('POST', '/v1/events/batch', { events: Array.from({ length: count }, (_, number) => event(number)) });
  const stats = async (state: string) =>
    (await tenant.ok<{ data: object[] }>('GET', `/v1/deliveries?state=${state}&limit=100`)).data.length;
  await expect.poll(() => stats('dead'), { timeout: 60_000 }).toBe(count);
  const before = receiver.at(path).length;
  receiver.answer(path, { status: 200 });
  const dryRun = (more: object = {}) => tenant.ok<DryRun>('POST', '/v1/replays/dry-run', { after: LONG_AGO, ...more });
  const start = (confirmToken: string, more: object = {}) =>
    tenant.ok<Replay>('POST', '/v1/replays', { confirmToken, ratePerSecond: 500, ...more });
  const replay = (id: string) => tenant.ok<Replay>('GET', `/v1/replays/${id}`);
  const received = () => receiver.at(path).slice(before);
  return { tenant, templateId, subscriptionId, path, dryRun, start, replay, received };
}

test('what the dry run counts is sent again once each, with the same webhook-ids, and reported', async () => {
  const { tenant, dryRun, start, replay, received } = await broken(60);
  const found = await dryRun();
  expect(found).toMatchObject({ count: 60, leftOut: 0, endpoints: [{ states: { dead: 60 } }] });
  const { id } = await start(found.confirmToken, { name: 'Broken hour' });
  await expect
    .poll(() => replay(id), { timeout: 60_000 })
    .toMatchObject({
      state: 'done',
      total: 60,
      sent: 60,
      skipped: 0,
      left: 0,
      delivered: 60,
      failed: 0,
      name: 'Broken hour',
    });
  const ids = received().map(({ headers }) => headers['webhook-id']);
  expect(new Set(ids).size).toBe(60);
  expect(ids).toHaveLength(60);
  expect((await tenant.ok<{ data: object[] }>('GET', '/v1/dead-letters?open=true')).data).toEqual([]);
  const { data } = await tenant.ok<{ data: { sentId: string; state: string }[] }>(
    'GET',
    `/v1/replays/${id}/items?limit=100`,
  );
  expect(data).toHaveLength(60);
  expect(new Set(data.map(({ state }) => state))).toEqual(new Set(['succeeded']));
  const itemsIn = (state: string) => tenant.ok<{ data: object[] }>('GET', `/v1/replays/${id}/items?state=${state}&limit=2`);
  expect((await itemsIn('dead')).data).toEqual([]);
  expect((await itemsIn('succeeded')).data).toMatchObject([{ lastStatus: 200, lastReason: null }, { lastStatus: 200 }]);
  expect(await dryRun()).toMatchObject({ count: 0, confirmToken: null });
});

test('rendered anew: new deliveries with new webhook-ids', async () => {
  const { dryRun, start, replay, received } = await broken(20);
  const { confirmToken } = await dryRun({ mode: 'fresh' });
  const { id } = await start(confirmToken);
  await expect.poll(() => replay(id), { timeout: 60_000 }).toMatchObject({ state: 'done', sent: 20, delivered: 20 });
  expect(new Set(received().map(({ headers }) => headers['webhook-id'])).size).toBe(20);
  // those that are dead stay dead, and the replay does not find what it sent
  expect(await dryRun()).toMatchObject({ count: 20 });
});

test('the order of each pass is kept where the subscription is ordered', async () => {
  const { dryRun, start, replay, received } = await broken(30, { ordering: 'pass' });
  const { id } = await start((await dryRun()).confirmToken);
  await expect.poll(() => replay(id), { timeout: 60_000 }).toMatchObject({ state: 'done', delivered: 30 });
  const numbers = new Map<string, number[]>();
  for (const { text } of received()) {
    const { pass } = (JSON.parse(text) as { data: { pass: { id: string; fields: { number: number } } } }).data;
    numbers.set(pass.id, [...(numbers.get(pass.id) ?? []), pass.fields.number]);
  }
  for (const ofPass of numbers.values()) expect(ofPass).toEqual(ofPass.toSorted((a, b) => a - b));
});

test('pauses, resumes at another rate, and is cancelled; what was sent stays sent', async () => {
  const { dryRun, start, replay, tenant, received } = await broken(80);
  const { id } = await start((await dryRun()).confirmToken, { ratePerSecond: 4 });
  await expect.poll(async () => Number((await replay(id)).sent), { timeout: 60_000 }).toBeGreaterThan(0);
  const paused = await tenant.ok<Replay>('POST', `/v1/replays/${id}/pause`, {});
  expect(paused).toMatchObject({ state: 'paused', estimateSeconds: null });
  const { sent } = await replay(id);
  expect(await tenant.call('POST', `/v1/replays/${id}/pause`, {})).toMatchObject({ status: 409 });
  await tenant.ok('PATCH', `/v1/replays/${id}`, { ratePerSecond: 8 });
  expect(await replay(id)).toMatchObject({ state: 'paused', sent, ratePerSecond: 8 });
  await tenant.ok('POST', `/v1/replays/${id}/resume`, {});
  await expect.poll(async () => Number((await replay(id)).sent), { timeout: 60_000 }).toBeGreaterThan(Number(sent));
  const cancelled = await tenant.ok<Replay>('POST', `/v1/replays/${id}/cancel`, {});
  expect(cancelled.state).toBe('cancelled');
  const final = await replay(id);
  expect(Number(final.sent)).toBeLessThan(80);
  await expect.poll(() => replay(id), { timeout: 60_000 }).toMatchObject({ delivered: final.sent });
  expect(received()).toHaveLength(Number(final.sent));
  expect(await tenant.call('PATCH', `/v1/replays/${id}`, { ratePerSecond: 1 })).toMatchObject({ status: 409 });
});

test('exactly the named deliveries, and nothing that comes after the dry run', async () => {
  const { dryRun, start, replay, received, tenant } = await broken(30);
  const { data } = await tenant.ok<{ data: { id: string }[] }>('GET', '/v1/deliveries?limit=3');
  const found = await dryRun({ after: undefined, deliveryIds: data.map(({ id }) => id) });
  expect(found.count).toBe(3);
  await tenant.emit({
    type: 'pass.created',
    templateId: 'loyalty',
    occurredAt: '2026-03-01T12:00:00Z',
    pass: { id: 'later' },
  });
  const { id } = await start(found.confirmToken);
  await expect.poll(() => replay(id), { timeout: 60_000 }).toMatchObject({ state: 'done', sent: 3, delivered: 3 });
  expect(received().filter(({ text }) => !text.includes('later'))).toHaveLength(3);
});

test('retrying deliveries go now, those of a deleted subscription are left out', async () => {
  const { dryRun, start, replay, tenant, templateId, path } = await broken(5);
  const { receiver } = passwire();
  const { id: integrationId } = await tenant.makeIntegration({
    dialect: 'standard',
    policy: { retryDelaysMs: [3_600_000] },
  });
  receiver.answer(`${path}/two`, { status: 500 }, { status: 200 });
  const url = receiver.url(`${path}/two`);
  await tenant.subscribe({ integrationId, templateId, trigger: 'pass.updated', url });
  const gone = await tenant.subscribe({
    integrationId,
    templateId,
    trigger: 'pass.voided',
    url: receiver.url(`${path}/gone`),
  });
  receiver.answer(`${path}/gone`, { status: 413 });
  const post = (type: string) =>
    tenant.emit({ type, templateId: 'loyalty', occurredAt: '2026-03-01T12:00:00Z', pass: { id: 'p' } });
  await post('pass.updated');
  await post('pass.voided');
  const count = async (state: string) =>
    (await tenant.ok<{ data: object[] }>('GET', `/v1/deliveries?state=${state}`)).data.length;
  await expect.poll(async () => [await count('retrying'), await count('dead')], { timeout: 60_000 }).toEqual([1, 6]);
  await tenant.ok('DELETE', `/v1/subscriptions/${gone}`);
  const found = await dryRun({ states: ['dead', 'retrying'] });
  expect(found).toMatchObject({ count: 6, leftOut: 1 });
  const { id } = await start(found.confirmToken);
  await expect
    .poll(() => replay(id), { timeout: 60_000 })
    .toMatchObject({ state: 'done', sent: 6, skipped: 1, delivered: 6 });
  const { data } = await tenant.ok<{ data: { reason: string }[] }>('GET', `/v1/replays/${id}/items?skipped=true`);
  expect(data).toMatchObject([{ reason: 'subscription deleted', sentId: null, state: null }]);
});

test('workers killed (-9) in the middle of it: it goes on, and nothing is opened twice', async () => {
  const { dryRun, start, replay, received } = await broken(90);
  const extra = await passwire().startWorker();
  const { id } = await start((await dryRun()).confirmToken, { ratePerSecond: 15 });
  await expect.poll(async () => Number((await replay(id)).sent), { timeout: 60_000 }).toBeGreaterThan(5);
  await passwire().worker.kill();
  await expect.poll(async () => Number((await replay(id)).sent), { timeout: 60_000 }).toBeGreaterThan(30);
  await extra.kill();
  const next: TestProcess = await passwire().startWorker();
  await expect
    .poll(() => replay(id), { timeout: 90_000 })
    .toMatchObject({ state: 'done', sent: 90, skipped: 0, delivered: 90 });
  const ids = received().map(({ headers }) => headers['webhook-id']);
  expect(new Set(ids).size).toBe(90);
  // what was in flight at a kill may come twice
  expect(ids.length - 90).toBeLessThanOrEqual(2 * 50);
  await next.kill();
});
