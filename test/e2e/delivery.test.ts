import { Webhook } from 'standardwebhooks';
import { describe, expect, test } from 'vitest';
import type { DeliveryAnswer, Json } from '../support/client.ts';
import { usePasswire } from '../support/passwire.ts';
import { eventually } from '../support/poll.ts';

const passwire = usePasswire();

/** A tenant with one subscription of the standard dialect, and a way to emit events that match it. */
async function prepare({
  retryDelaysMs = [100, 100],
  timeoutMs = 30_000,
  ...subscription
}: Json & { retryDelaysMs?: number[]; timeoutMs?: number } = {}) {
  const tenant = await passwire().makeTenant();
  const templateId = await tenant.makeTemplate({ fields: [{ key: 'points' }] });
  const { id: integrationId, secrets } = await tenant.makeIntegration({
    dialect: 'standard',
    policy: { retryDelaysMs, timeoutMs },
  });
  const path = `/${tenant.tenantId}/hook`;
  const url = passwire().receiver.url(path);
  const subscriptionId = await tenant.subscribe({
    integrationId,
    templateId,
    trigger: 'pass.created',
    url,
    ...subscription,
  });
  const emit = (passId = 'pas_1'): Promise<string> =>
    tenant.emit({
      type: 'pass.created',
      templateId,
      occurredAt: '2026-03-01T12:00:00Z',
      pass: { id: passId, fields: { points: 7 } },
    });
  const secret = secrets.find(({ kind }) => kind === 'webhook')?.value ?? '';
  return { tenant, templateId, integrationId, subscriptionId, path, url, emit, secret };
}

const ended = ['succeeded', 'dead', 'cancelled'];

describe('retries', () => {
  test('an endpoint that fails twice gets the same bytes under the same webhook-id, each time freshly signed', async () => {
    const { tenant, path, emit, secret } = await prepare();
    const close = { connection: 'close' }; // or the reset would be that of a reused connection, which is replaced at once
    passwire().receiver.answer(path, { status: 500, body: 'no', headers: close }, { instead: 'reset' }, { status: 204 });
    const delivery = await tenant.settled(await emit(), ended);
    expect(delivery.state).toBe('succeeded');

    const requests = passwire().receiver.at(path);
    expect(requests).toHaveLength(3);
    expect(new Set(requests.map(({ text }) => text)).size).toBe(1);
    expect(new Set(requests.map(({ headers }) => headers['webhook-id']))).toEqual(new Set([delivery.messageId]));
    for (const { text, headers } of requests) new Webhook(secret).verify(text, headers as Record<string, string>);

    const { attempts } = await tenant.delivery(delivery.id);
    expect(attempts.map(({ verdict }) => verdict)).toEqual(['retryable', 'retryable', 'delivered']);
    expect(attempts[0]).toMatchObject({ number: 1, outcome: { kind: 'response', status: 500, body: { text: 'no' } } });
    expect(attempts[1]).toMatchObject({ number: 2, outcome: { kind: 'failure', failure: 'reset' } });
  });

  test('Retry-After is obeyed', async () => {
    const { tenant, path, emit } = await prepare();
    passwire().receiver.answer(path, { status: 503, headers: { 'retry-after': '2' } }, {});
    await tenant.settled(await emit(), ['succeeded']);
    const [first, second] = passwire().receiver.at(path);
    expect((second?.atMs ?? 0) - (first?.atMs ?? 0)).toBeGreaterThanOrEqual(1990);
  });

  test('an attempt at a hanging endpoint ends at the timeout and is retried', async () => {
    const { tenant, path, emit } = await prepare({ timeoutMs: 1500 });
    passwire().receiver.answer(path, { instead: 'hang' }, {});
    const { id } = await tenant.settled(await emit(), ['succeeded']);
    expect((await tenant.delivery(id)).attempts[0]).toMatchObject({ outcome: { kind: 'failure', failure: 'timeout' } });
  });

  test('redirects are failures and are not followed', async () => {
    const { tenant, path, emit } = await prepare({ retryDelaysMs: [] });
    passwire().receiver.answer(path, { status: 302, headers: { location: passwire().receiver.url('/elsewhere') } });
    expect((await tenant.settled(await emit(), ended)).state).toBe('dead');
    expect(passwire().receiver.at('/elsewhere')).toEqual([]);
  });
});

describe('dead letters', () => {
  test('a delivery that is out of retries becomes a dead letter, and is replayed from it', async () => {
    const { tenant, path, emit } = await prepare();
    passwire().receiver.answer(path, { status: 500, body: 'still no' });
    const dead = await tenant.settled(await emit(), ['dead']);
    const { data } = await tenant.ok<{ data: Json[] }>('GET', '/v1/dead-letters');
    expect(data).toHaveLength(1);
    expect(data[0]).toMatchObject({ deliveryId: dead.id, closed: null });
    expect(JSON.stringify(data[0])).toContain('500');

    passwire().receiver.answer(path, {});
    await tenant.ok('POST', `/v1/dead-letters/${data[0]?.id}/replay`);
    const replayed = await eventually(async () => {
      const delivery = await tenant.delivery(dead.id);
      return delivery.state === 'succeeded' && delivery;
    });
    expect(replayed.attempts).toHaveLength(4);
    const requests = passwire().receiver.at(path);
    expect(new Set(requests.map(({ text, headers }) => `${headers['webhook-id']} ${text}`)).size).toBe(1);
    const again = await tenant.call('POST', `/v1/dead-letters/${data[0]?.id}/replay`);
    expect(again.status).toBe(409);
  });

  test('discarding closes a letter for good', async () => {
    const { tenant, path, emit } = await prepare({ retryDelaysMs: [] });
    passwire().receiver.answer(path, { status: 500 });
    await tenant.settled(await emit(), ['dead']);
    const { data } = await tenant.ok<{ data: Json[] }>('GET', '/v1/dead-letters');
    await tenant.ok('POST', `/v1/dead-letters/${data[0]?.id}/discard`);
    expect((await tenant.call('POST', `/v1/dead-letters/${data[0]?.id}/replay`)).status).toBe(409);
  });

  test('a body that cannot be built dead-letters its delivery with the reason, and no other', async () => {
    const tenant = await passwire().makeTenant();
    const templateId = await tenant.makeTemplate({});
    const vibes = await tenant.makeIntegration({ dialect: 'vibes', options: { companyKey: 'acme' } });
    const standard = await tenant.makeIntegration({ dialect: 'standard' });
    const url = (name: string): string => passwire().receiver.url(`/${tenant.tenantId}/${name}`);
    await tenant.subscribe({ integrationId: vibes.id, templateId, trigger: 'pass.installed', url: url('vibes') });
    await tenant.subscribe({ integrationId: standard.id, templateId, trigger: 'pass.installed', url: url('standard') });
    const eventId = await tenant.emit({
      type: 'pass.installed',
      templateId,
      occurredAt: '2026-03-01T12:00:00Z',
      pass: { id: 'pas_1' },
      device: { platform: 'other', os: 'KaiOS' },
    });
    const deliveries = await eventually(async () => {
      const all = await tenant.deliveries({ eventId });
      return all.every(({ state }) => ended.includes(state)) && all.length === 2 && all;
    });
    expect(deliveries.map(({ state }) => state).sort()).toEqual(['dead', 'succeeded']);
    const dead = await tenant.delivery(deliveries.find(({ state }) => state === 'dead')?.id ?? '');
    expect(dead.attempts).toMatchObject([{ number: 1, verdict: 'permanent', outcome: { kind: 'unbuildable' } }]);
    expect(passwire().receiver.at(`/${tenant.tenantId}/vibes`)).toEqual([]);
  });
});

describe('replay', () => {
  test('the same bytes again: the same delivery, the same webhook-id', async () => {
    const { tenant, path, emit } = await prepare();
    const { id } = await tenant.settled(await emit(), ['succeeded']);
    await tenant.ok('POST', `/v1/deliveries/${id}/replay`, { mode: 'same' });
    const [first, second] = await passwire().receiver.waitFor(path, 2);
    expect(second?.text).toBe(first?.text);
    expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id']);
  });

  test('rendered anew: another delivery with the mapping of today, which names the one it replays', async () => {
    const { tenant, path, emit, subscriptionId } = await prepare();
    const { id } = await tenant.settled(await emit(), ['succeeded']);
    await tenant.ok('PATCH', `/v1/subscriptions/${subscriptionId}`, {
      mapping: { rename: { timestamp: 'when' }, remove: [] },
    });
    const fresh = await tenant.ok<{ deliveryId: string }>('POST', `/v1/deliveries/${id}/replay`, { mode: 'fresh' });
    expect(fresh.deliveryId).not.toBe(id);
    const [first, second] = await passwire().receiver.waitFor(path, 2);
    expect(Object.keys(JSON.parse(second?.text ?? ''))).toEqual(['type', 'when', 'data']);
    expect(second?.headers['webhook-id']).not.toBe(first?.headers['webhook-id']);
    expect(await tenant.delivery(fresh.deliveryId)).toMatchObject({ replayOf: id });
  });

  test('what is still open cannot be replayed', async () => {
    const { tenant, path, emit } = await prepare({ retryDelaysMs: [60_000] });
    passwire().receiver.answer(path, { status: 500 });
    const { id } = await tenant.settled(await emit(), ['retrying']);
    expect((await tenant.call('POST', `/v1/deliveries/${id}/replay`, { mode: 'same' })).status).toBe(409);
  });
});

describe('held, released, cancelled', () => {
  test('410 disables the endpoint: later deliveries are held, and enabling releases them', async () => {
    const { tenant, path, emit, subscriptionId } = await prepare();
    passwire().receiver.answer(path, { status: 410 });
    expect((await tenant.settled(await emit('pas_1'), ended)).state).toBe('dead');
    await eventually(async () => {
      const { state, disabledReason } = await tenant.ok('GET', `/v1/subscriptions/${subscriptionId}`);
      return state === 'disabled' && disabledReason === 'gone';
    });
    const held: DeliveryAnswer[] = [];
    for (const pass of ['pas_2', 'pas_3']) held.push(await tenant.settled(await emit(pass), ['held']));

    passwire().receiver.answer(path, {});
    await tenant.ok('PATCH', `/v1/subscriptions/${subscriptionId}`, { enabled: true });
    for (const { id } of held) await eventually(async () => (await tenant.delivery(id)).state === 'succeeded');
    expect(passwire().receiver.at(path)).toHaveLength(3);
  });

  test('disabling holds what waits for a retry; its attempts so far stay', async () => {
    const { tenant, path, emit, subscriptionId } = await prepare({ retryDelaysMs: [60_000, 0] });
    passwire().receiver.answer(path, { status: 500 }, {});
    const { id } = await tenant.settled(await emit(), ['retrying']);
    await tenant.ok('PATCH', `/v1/subscriptions/${subscriptionId}`, { enabled: false });
    expect((await tenant.delivery(id)).state).toBe('held');
    await tenant.ok('PATCH', `/v1/subscriptions/${subscriptionId}`, { enabled: true });
    await eventually(async () => (await tenant.delivery(id)).state === 'succeeded');
    expect((await tenant.delivery(id)).attempts).toHaveLength(2);
  });

  test('deleting the subscription cancels its open deliveries', async () => {
    const { tenant, path, emit, subscriptionId } = await prepare({ retryDelaysMs: [60_000] });
    passwire().receiver.answer(path, { status: 500 });
    const { id } = await tenant.settled(await emit(), ['retrying']);
    await tenant.ok('DELETE', `/v1/subscriptions/${subscriptionId}`);
    expect(await tenant.delivery(id)).toMatchObject({ state: 'cancelled' });
  });

  test('an open delivery can be cancelled, an ended one cannot', async () => {
    const { tenant, path, emit } = await prepare({ retryDelaysMs: [60_000] });
    passwire().receiver.answer(path, { status: 500 });
    const { id } = await tenant.settled(await emit(), ['retrying']);
    await tenant.ok('POST', `/v1/deliveries/${id}/cancel`);
    expect(await tenant.delivery(id)).toMatchObject({ state: 'cancelled' });
    expect((await tenant.call('POST', `/v1/deliveries/${id}/cancel`)).status).toBe(409);
  });
});

test('a test sends the past event that it names, and answers with the attempt when asked to wait', async () => {
  const { tenant, path, subscriptionId, emit } = await prepare();
  const eventId = await emit('pas_past');
  await passwire().receiver.waitFor(path);
  const sendTest = `/v1/subscriptions/${subscriptionId}/test?wait=true`;
  const delivery = await tenant.ok<DeliveryAnswer>('POST', sendTest, { eventId });
  expect(delivery).toMatchObject({ test: true, state: 'succeeded', attempts: [{ outcome: { status: 200 } }] });
  const [original, tested] = await passwire().receiver.waitFor(path, 2);
  expect(tested?.headers['x-webhook-test']).toBe('true');
  expect(JSON.parse(tested?.text ?? '').data.pass).toEqual(JSON.parse(original?.text ?? '').data.pass);
});

test('a test delivery is sent for real and marked', async () => {
  const { tenant, path, subscriptionId } = await prepare();
  const { deliveryId } = await tenant.ok<{ deliveryId: string }>('POST', `/v1/subscriptions/${subscriptionId}/test`);
  await passwire().receiver.waitFor(path);
  await eventually(async () => (await tenant.delivery(deliveryId)).state === 'succeeded');
  expect(await tenant.delivery(deliveryId)).toMatchObject({ test: true });
});

test('failed tests change nothing: neither the subscription nor its health, and leave no dead letter', async () => {
  const { tenant, path, subscriptionId, emit } = await prepare();
  const { receiver } = passwire();
  const sendTest = async (status: number): Promise<void> => {
    receiver.answer(path, { status });
    const { deliveryId } = await tenant.ok<{ deliveryId: string }>('POST', `/v1/subscriptions/${subscriptionId}/test`);
    await eventually(async () => (await tenant.delivery(deliveryId)).state === 'dead');
    expect((await tenant.call('POST', `/v1/deliveries/${deliveryId}/replay`)).status).toBe(409);
  };
  for (const status of [410, 404, 404, 404, 500, 500, 500]) await sendTest(status);
  expect(receiver.at(path).map(({ headers }) => headers['x-webhook-test'])).toEqual(Array(7).fill('true'));
  expect(await tenant.ok('GET', `/v1/subscriptions/${subscriptionId}`)).toMatchObject({ state: 'enabled' });
  expect(await tenant.ok('GET', '/v1/dead-letters')).toMatchObject({ data: [] });
  expect(await tenant.ok('GET', '/v1/endpoints')).toMatchObject({ data: [{ state: 'active', failingSince: null }] });
  receiver.answer(path, { status: 200 });
  await tenant.settled(await emit(), ['succeeded']);
  expect(await tenant.ok('GET', '/v1/deliveries?test=true')).toMatchObject({ data: Array(7).fill({ test: true }) });
  expect(await tenant.ok('GET', '/v1/deliveries?test=false')).toMatchObject({ data: [{ test: false }] });
});

test('a test passes an open breaker and a receiver that hangs, and tells how it ended', async () => {
  const { tenant, path, subscriptionId, emit } = await prepare({ retryDelaysMs: [] });
  const { receiver } = passwire();
  const testIt = () =>
    tenant.call<DeliveryAnswer>('POST', `/v1/subscriptions/${subscriptionId}/test?wait=true`, undefined, {});
  const healthOf = async () => (await tenant.ok<{ data: Json[] }>('GET', '/v1/endpoints')).data[0]?.live as Json;

  receiver.answer(path, { instead: 'hang' });
  await Promise.all([emit('pas_1'), emit('pas_2'), emit('pas_3')]);
  await receiver.waitFor(path, 2); // the endpoint's share is used up
  receiver.answer(path, { status: 204 });
  const beside = await testIt();
  expect(beside).toMatchObject({ status: 200, body: { test: true, state: 'succeeded', attempts: [{ number: 1 }] } });
  expect(await healthOf()).toMatchObject({ inFlight: 2, parked: 1 });

  const other = await prepare({ retryDelaysMs: [] });
  receiver.answer(other.path, { status: 500 });
  await Promise.all([1, 2, 3, 4, 5, 6].map((n) => other.emit(`pas_${n}`)));
  const ofOther = async () => (await other.tenant.ok<{ data: Json[] }>('GET', '/v1/endpoints')).data[0]?.live as Json;
  const opened = await eventually(async () => {
    const live = await ofOther();
    return (live.breaker as Json).state === 'open' && live;
  });
  const sent = receiver.at(other.path).length;
  const failed = await other.tenant.call('POST', `/v1/subscriptions/${other.subscriptionId}/test?wait=true`);
  expect(failed).toMatchObject({ status: 200, body: { test: true, state: 'dead', lastStatus: 500 } });
  expect(receiver.at(other.path)).toHaveLength(sent + 1);
  expect(await ofOther()).toMatchObject({ breaker: opened.breaker, share: opened.share });
});

test('a test is sent for a disabled subscription too', async () => {
  const { tenant, path, subscriptionId } = await prepare();
  await tenant.ok('PATCH', `/v1/subscriptions/${subscriptionId}`, { enabled: false });
  await tenant.ok('POST', `/v1/subscriptions/${subscriptionId}/test`);
  await passwire().receiver.waitFor(path);
});

test('a subscription made a moment ago misses no event', async () => {
  const { tenant, templateId, integrationId, emit } = await prepare();
  await emit('warm the caches');
  for (let round = 0; round < 20; round++) {
    const path = `/${tenant.tenantId}/round-${round}`;
    const id = await tenant.subscribe({
      integrationId,
      templateId,
      trigger: 'pass.created',
      url: passwire().receiver.url(path),
    });
    await emit(`pas_${round}`);
    await passwire().receiver.waitFor(path);
    await tenant.ok('DELETE', `/v1/subscriptions/${id}`);
  }
});

test('a worker that is told to stop finishes its deliveries in flight; another one delivers the later ones', async () => {
  const { tenant, path, emit } = await prepare();
  passwire().receiver.answer(path, { delayMs: 1500 });
  const other = await passwire().startWorker();
  const before = await emit('pas_1');
  await passwire().receiver.waitFor(path);
  const exit = await other.stop();
  expect(exit.code).toBe(0);
  const after = await emit('pas_2');
  for (const eventId of [before, after]) expect((await tenant.settled(eventId, ended)).state).toBe('succeeded');
  expect(passwire().receiver.at(path)).toHaveLength(2);
});
