import { expect, test } from 'vitest';
import { usePasswire } from '../support/passwire.ts';

const passwire = usePasswire();
const LONG_AGO = '2020-01-01T00:00:00Z';

interface DryRun {
  readonly count: number;
  readonly leftOut: number;
  readonly confirmToken: string;
}

/** A tenant with `count` events that no subscription wanted, and the late subscription. */
async function late(count: number, subscription: object = {}) {
  const tenant = await passwire().makeTenant();
  const templateId = await tenant.makeTemplate();
  const { id: integrationId } = await tenant.makeIntegration({ dialect: 'standard', limits: { maxInFlight: 50 } });
  const path = `/${tenant.tenantId}/hook`;
  const { receiver } = passwire();
  const emit = (from: number, to: number, type = 'pass.created') =>
    tenant.ok('POST', '/v1/events/batch', {
      events: Array.from({ length: to - from }, (_, index) => ({
        type,
        templateId: 'loyalty',
        occurredAt: '2026-03-01T12:00:00Z',
        pass: { id: `p-${(from + index) % 3}`, fields: { number: from + index } },
      })),
    });
  await emit(0, count);
  await emit(count, count + 2, 'pass.generated');
  const subscriptionId = await tenant.subscribe({
    integrationId,
    templateId,
    trigger: 'pass.created',
    url: receiver.url(path),
    ...subscription,
  });
  const dryRun = (range: object = { after: LONG_AGO }) =>
    tenant.ok<DryRun>('POST', `/v1/subscriptions/${subscriptionId}/backfill`, range);
  const run = async ({ confirmToken }: DryRun) => {
    const { id } = await tenant.ok<{ id: string }>('POST', '/v1/replays', { confirmToken, ratePerSecond: 500 });
    const replay = () => tenant.ok<Record<string, unknown>>('GET', `/v1/replays/${id}`);
    await expect.poll(async () => (await replay()).state, { timeout: 60_000 }).toBe('done');
    return { id, replay };
  };
  const numbers = () =>
    receiver.at(path).map(({ text }) => {
      const { data } = JSON.parse(text) as { data: { pass: { fields: { number: number } } } };
      return data.pass.fields.number;
    });
  return { tenant, subscriptionId, path, emit, dryRun, run, numbers };
}

const upTo = (count: number) => Array.from({ length: count }, (_, number) => number);
const sorted = (numbers: readonly number[]) => numbers.toSorted((a, b) => a - b);

test('past events of its trigger reach a subscription that was made after them, once; what came later is no part of it', async () => {
  const { tenant, emit, dryRun, run, numbers, subscriptionId } = await late(30);
  await emit(30, 33);
  await expect.poll(numbers, { timeout: 60_000 }).toHaveLength(3);
  await tenant.ok('POST', `/v1/subscriptions/${subscriptionId}/test`, {});
  const found = await dryRun();
  expect(found).toMatchObject({ count: 30, leftOut: 0 });
  await emit(33, 34); // after the dry run: delivered as usual
  const { id, replay } = await run(found);
  await expect
    .poll(replay, { timeout: 60_000 })
    .toMatchObject({ mode: 'backfill', total: 30, sent: 30, delivered: 30, left: 0 });
  await expect.poll(async () => (await dryRun()).count).toBe(0);
  const received = numbers().filter((number) => number !== undefined);
  expect(sorted(received)).toEqual(upTo(34));
  const { data } = await tenant.ok<{ data: { deliveryId: string; sentId: string; state: string }[] }>(
    'GET',
    `/v1/replays/${id}/items?limit=100`,
  );
  expect(data).toHaveLength(30);
  expect(data.every(({ deliveryId, sentId, state }) => deliveryId === sentId && state === 'succeeded')).toBe(true);
});

test('its filter decides, and the order of each pass is kept', async () => {
  const filter = { path: '/pass/id', in: ['p-0', 'p-2'] };
  const { dryRun, run, numbers } = await late(30, { filter, ordering: 'pass' });
  const found = await dryRun();
  expect(found).toMatchObject({ count: 20, leftOut: 10 });
  await run(found);
  await expect.poll(numbers, { timeout: 60_000 }).toHaveLength(20);
  for (const pass of [0, 2]) {
    const ofPass = numbers().filter((number) => number % 3 === pass);
    expect(ofPass).toEqual(sorted(ofPass));
  }
});

test('some events by their ids, a pass, a span of time', async () => {
  const { tenant, dryRun, run, numbers } = await late(9);
  const { data } = await tenant.ok<{ data: { id: string; acceptedAt: string }[] }>('GET', '/v1/events?type=pass.created');
  const ids = data.slice(0, 2).map(({ id }) => id);
  expect(await dryRun({ eventIds: ids })).toMatchObject({ count: 2 });
  expect(await dryRun({ after: LONG_AGO, passId: 'p-1' })).toMatchObject({ count: 3 });
  expect(await dryRun({ after: LONG_AGO, before: data.at(-1)?.acceptedAt })).toMatchObject({
    count: 0,
    confirmToken: null,
  });
  await run(await dryRun({ eventIds: ids }));
  await expect.poll(numbers, { timeout: 60_000 }).toHaveLength(2);
});

test('a disabled subscription holds what it gets; a deleted one ends the backfill', async () => {
  const { tenant, dryRun, run, subscriptionId, numbers } = await late(3);
  await tenant.ok('PATCH', `/v1/subscriptions/${subscriptionId}`, { enabled: false });
  const found = await dryRun();
  expect(found).toMatchObject({ count: 3, disabled: 'requested' });
  await run(found);
  const { data } = await tenant.ok<{ data: object[] }>('GET', '/v1/deliveries?state=held');
  expect(data).toHaveLength(3);
  expect(numbers()).toEqual([]);
  const range = { after: LONG_AGO, eventIds: undefined };
  expect(
    (await tenant.call('POST', '/v1/subscriptions/sub_019bc1a3-0e00-7000-8000-000000000001/backfill', range)).status,
  ).toBe(404);
});
