import { Webhook } from 'standardwebhooks';
import { describe, expect, test } from 'vitest';
import type { Json } from '../support/client.ts';
import { usePasswire } from '../support/passwire.ts';
import { eventually } from '../support/poll.ts';

// Some seconds of failure are too long here, more than the first pause of a breaker.
const HOUR_MS = 60 * 60 * 1000;
const DISABLE_AFTER_MS = 12_000;
const passwire = usePasswire({ DISABLE_AFTER_HOURS: String(DISABLE_AFTER_MS / HOUR_MS) });

interface EndpointAnswer extends Json {
  readonly id: string;
  readonly state: string;
  readonly subscriptions: {
    readonly count: number;
    readonly disabled: number;
    readonly disabledReasons: readonly string[];
  };
  readonly failingSince: string | null;
  readonly live: {
    readonly breaker: { readonly state: string; readonly until: string | null };
    readonly failuresInARow: number;
    readonly share: number;
    readonly inFlight: number;
    readonly parked: number;
  } | null;
}

async function prepare(integration: Json = {}) {
  const tenant = await passwire().makeTenant();
  const templateId = await tenant.makeTemplate({});
  const policy = { retryDelaysMs: [100, 100, 100], timeoutMs: 30_000 };
  const { id: integrationId } = await tenant.makeIntegration({ dialect: 'standard', policy, ...integration });
  const path = `/${tenant.tenantId}/hook`;
  const url = passwire().receiver.url(path);
  const subscriptionId = await tenant.subscribe({ integrationId, templateId, trigger: 'pass.created', url });
  const emit = (passId: string): Promise<string> =>
    tenant.emit({ type: 'pass.created', templateId, occurredAt: '2026-03-01T12:00:00Z', pass: { id: passId } });
  const { endpointId } = await tenant.ok<{ endpointId: string }>('GET', `/v1/subscriptions/${subscriptionId}`);
  const endpoint = (): Promise<EndpointAnswer> => tenant.ok('GET', `/v1/endpoints/${endpointId}`);
  return { tenant, path, url, emit, subscriptionId, endpointId, endpoint };
}

type Prepared = Awaited<ReturnType<typeof prepare>>;

/** Another endpoint of the tenant, for operational events. */
async function listen({ tenant }: Prepared, triggers: readonly string[]) {
  const { id: integrationId, secrets } = await tenant.makeIntegration({ dialect: 'standard', name: 'operations' });
  const path = `/${tenant.tenantId}/operations`;
  const url = passwire().receiver.url(path);
  for (const trigger of triggers) await tenant.subscribe({ integrationId, trigger, url });
  const webhook = new Webhook(secrets.find(({ kind }) => kind === 'webhook')?.value ?? '');
  const heard = () =>
    passwire()
      .receiver.at(path)
      .map(({ text, headers }) => webhook.verify(text, headers as Record<string, string>) as { type: string; data: Json });
  return (type: string) => eventually(() => heard().find((said) => said.type === type), { what: type });
}

describe('an endpoint that fails', () => {
  test('opens its breaker, leaves waiting deliveries as they are, and continues when the receiver is available again', async () => {
    const prepared = await prepare();
    const { tenant, path, url, emit, endpointId, endpoint } = prepared;
    const heard = await listen(prepared, ['endpoint.failing', 'endpoint.recovered', 'delivery.dead']);
    expect(await endpoint()).toMatchObject({
      url,
      state: 'active',
      subscriptions: { count: 1, disabled: 0, disabledReasons: [] },
      limits: { maxInFlight: 10, ratePerSecond: null },
      failingSince: null,
      live: { breaker: { state: 'closed', until: null }, failuresInARow: 0, share: 2, inFlight: 0, parked: 0 },
    });

    passwire().receiver.answer(path, { status: 500 });
    const first = [await emit('pas_1'), await emit('pas_2')];
    const open = await eventually(async () => {
      const shown = await endpoint();
      return shown.live?.breaker.state === 'open' && shown.failingSince !== null && shown;
    });
    expect(open).toMatchObject({ state: 'failing', live: { failuresInARow: 5, share: 1 } });
    expect(Date.parse(open.live?.breaker.until ?? '')).toBeGreaterThan(Date.now());
    const { data } = await tenant.ok<{ data: Json[] }>('GET', '/v1/endpoints?state=failing');
    expect(data.map(({ id }) => id)).toEqual([endpointId]);

    const late = await tenant.settled(await emit('pas_3'), ['parked']);
    const parked = await tenant.deliveries({ state: 'parked' });
    expect(parked.map(({ id }) => id)).toContain(late.id);
    expect(late).toMatchObject({ attemptCount: 0 });

    passwire().receiver.answer(path, {});
    for (const eventId of first) await tenant.settled(eventId, ['succeeded', 'dead']);
    const { id } = await tenant.settled(late.eventId as string, ['succeeded']);
    expect((await tenant.delivery(id)).attempts).toHaveLength(1);
    await eventually(async () => (await endpoint()).state === 'active');
    expect(await endpoint()).toMatchObject({
      failingSince: null,
      live: { breaker: { state: 'closed' }, failuresInARow: 0 },
    });

    const failing = await heard('endpoint.failing');
    expect(failing.data).toMatchObject({ endpointId, url, subscriptionIds: [prepared.subscriptionId] });
    expect(failing.data.failingSince).toBe(open.failingSince);
    expect((await heard('endpoint.recovered')).data).toMatchObject({ endpointId, url });
  });

  test('is disabled when it fails for too long: what comes is held, until it is enabled', async () => {
    const prepared = await prepare({
      policy: { retryDelaysMs: Array.from({ length: 30 }, () => 200), timeoutMs: 30_000 },
      limits: { maxInFlight: 1 }, // two in flight may arrive in either order
    });
    const { tenant, path, emit, subscriptionId, endpointId, endpoint } = prepared;
    const heard = await listen(prepared, ['endpoint.disabled', 'endpoint.enabled']);
    passwire().receiver.answer(path, { status: 500 });
    const events = [];
    for (const pass of ['pas_1', 'pas_2', 'pas_3']) events.push(await emit(pass));
    const disabled = await eventually(async () => {
      const shown = await endpoint();
      return shown.state === 'disabled' && shown;
    });
    expect(disabled.subscriptions).toEqual({ count: 1, disabled: 1, disabledReasons: ['failing'] });
    for (const eventId of events) await tenant.settled(eventId, ['held']);
    const said = { endpointId, subscriptionIds: [subscriptionId] };
    expect((await heard('endpoint.disabled')).data).toMatchObject({ ...said, reason: 'failing' });

    passwire().receiver.answer(path, {});
    const sent = passwire().receiver.at(path).length;
    const enabled = await tenant.ok<EndpointAnswer>('POST', `/v1/endpoints/${endpointId}/enable`, {});
    expect(enabled).toMatchObject({ state: 'active', failingSince: null, live: { breaker: { state: 'closed' } } });
    for (const eventId of events) await tenant.settled(eventId, ['succeeded']);
    const passes = passwire()
      .receiver.at(path)
      .slice(sent)
      .map(({ text }) => (JSON.parse(text) as { data: { pass: { id: string } } }).data.pass.id);
    expect(passes[0]).toBe('pas_1');
    expect(passes.toSorted()).toEqual(['pas_1', 'pas_2', 'pas_3']);
    expect((await heard('endpoint.enabled')).data).toMatchObject(said);
  });
});

test('a dead delivery is reported with everything needed to find it', async () => {
  const prepared = await prepare({ policy: { retryDelaysMs: [] } });
  const { tenant, path, emit, subscriptionId, endpointId } = prepared;
  const heard = await listen(prepared, ['delivery.dead']);
  passwire().receiver.answer(path, { status: 503 });
  const eventId = await emit('pas_1');
  const dead = await tenant.settled(eventId, ['dead']);
  const { data } = await tenant.ok<{ data: Json[] }>('GET', `/v1/dead-letters?subscriptionId=${subscriptionId}`);
  expect((await heard('delivery.dead')).data).toEqual({
    deliveryId: dead.id,
    deadLetterId: data[0]?.id,
    eventId,
    subscriptionId,
    endpointId,
    trigger: 'pass.created',
    passId: 'pas_1',
    reason: data[0]?.reason,
    lastStatus: 503,
  });
  const events = await tenant.ok<{ data: Json[] }>('GET', '/v1/events?type=delivery.dead');
  expect(events.data).toMatchObject([{ templateId: null, passId: 'pas_1', event: { type: 'delivery.dead' } }]);
});

test('an operational event that cannot be delivered causes no other', async () => {
  const prepared = await prepare({ policy: { retryDelaysMs: [] } });
  const { tenant, path, url, emit } = prepared;
  const { id: integrationId } = await tenant.makeIntegration({ dialect: 'standard', policy: { retryDelaysMs: [] } });
  const deaf = `${url}-deaf`;
  for (const trigger of ['delivery.dead', 'endpoint.failing'])
    await tenant.subscribe({ integrationId, trigger, url: deaf });
  passwire().receiver.answer(path, { status: 503 });
  passwire().receiver.answer(`${path}-deaf`, { status: 500 });
  for (let n = 1; n <= 3; n++) await tenant.settled(await emit(`pas_${n}`), ['dead']);
  const said = await eventually(async () => {
    const deliveries = await tenant.deliveries({ trigger: 'delivery.dead' });
    return deliveries.length >= 3 && deliveries.every(({ state }) => state === 'dead') && deliveries;
  });
  expect(said).toHaveLength(3);
  expect((await tenant.ok<{ data: Json[] }>('GET', '/v1/events?type=delivery.dead')).data).toHaveLength(3);
});

test('410 is reported once, however many deliveries received it', async () => {
  const prepared = await prepare();
  const { path, emit, subscriptionId } = prepared;
  const heard = await listen(prepared, ['endpoint.disabled']);
  passwire().receiver.answer(path, { status: 410 });
  await Promise.all(['pas_1', 'pas_2', 'pas_3'].map(emit));
  expect((await heard('endpoint.disabled')).data).toMatchObject({ reason: 'gone', subscriptionIds: [subscriptionId] });
  const { data } = await prepared.tenant.ok<{ data: Json[] }>('GET', '/v1/events?type=endpoint.disabled');
  expect(data).toHaveLength(1);
});

test('the rate holds over two workers', async () => {
  const other = await passwire().startWorker();
  const ratePerSecond = 20;
  const { tenant, path, emit } = await prepare({ limits: { ratePerSecond, maxInFlight: 50 } });
  const count = 3 * ratePerSecond;
  await Promise.all(Array.from({ length: count }, (_, index) => emit(`pas_${index}`)));
  await passwire().receiver.waitFor(path, count);
  const startsMs = await eventually(async () => {
    const deliveries = await tenant.deliveries({ state: 'succeeded' });
    const made = await Promise.all(deliveries.map(({ id }) => tenant.delivery(id)));
    return made.length === count && made.map(({ attempts }) => Date.parse(String(attempts[0]?.startedAt)));
  });
  const at = startsMs.toSorted((a, b) => a - b);
  const inSecondFrom = (from: number) => at.filter((ms) => ms >= from && ms < from + 1000).length;
  expect(Math.max(...at.map(inSecondFrom))).toBeLessThanOrEqual(1.1 * ratePerSecond);
  expect(at).toHaveLength(count);
  expect((await tenant.deliveries({ state: 'parked' })).length).toBe(0);
  await other.stop();
});
