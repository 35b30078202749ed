import { beforeAll, describe, expect, test } from 'vitest';
import { useApi } from './api.ts';
import { installed, killed, made, type TenantWithAll, tenantWithAll } from './tenant-with-all.ts';

// A tenant with two templates, two endpoints and three passes; each filter finds its own, in every list that takes it.

const BEGAN_AT_MS = Date.now();
const inSeconds = (seconds: number): string => new Date(BEGAN_AT_MS + 1000 * seconds).toISOString();

const api = useApi();
let ours: TenantWithAll;
let theirs: TenantWithAll;
const deliveries = new Map<string, string>();

beforeAll(async () => {
  ours = await tenantWithAll(api());
  theirs = await tenantWithAll(api());
  const gold = await made(ours.call('POST', '/v1/templates', { name: 'Gold', externalId: 'gold' }), 201);
  const crm = await made(ours.call('POST', '/v1/integrations', { name: 'CRM', dialect: 'standard' }), 201);
  const subscription = { integrationId: crm.id, trigger: 'pass.installed', url: 'http://127.0.0.1:19/crm?x=1' };
  await made(ours.call('POST', '/v1/subscriptions', subscription), 201);
  const pass = (id: string, more: object = {}) => ({ pass: { id, fields: {}, ...more } });
  await post('customer', installed('', { ...pass('pass-2', { userProvidedId: 'customer-7' }), trackingId: 'request-7' }));
  await post('order', installed('', { ...pass('pass-2'), id: 'order-7' }));
  await post('gold', installed('', { ...pass('pass-3'), templateId: 'gold' }));
  expect(gold.id).toMatch(/^tpl_/);
  await fail('customer', { kind: 'failure', failure: 'timeout', detail: 'too slow' }, inSeconds(60));
  await fail('order', { kind: 'response', status: 503, headers: {}, body: { text: '', truncated: false } }, inSeconds(120));
});

/** Posts an event and remembers what it led to at the CRM, whose subscription is to all templates. */
async function post(name: string, event: object): Promise<void> {
  const { id } = await made(ours.call('POST', '/v1/events', event), 202);
  const { data } = await made(ours.call('GET', `/v1/deliveries?eventId=${id}&url=127.0.0.1:19`), 200);
  expect(data).toHaveLength(1);
  deliveries.set(name, data[0]?.id ?? '');
}

/** Ends a delivery as settling it would, with a dead letter about the same attempt. */
async function fail(
  name: string,
  outcome: { readonly kind: string; readonly status?: number; readonly failure?: string; readonly [more: string]: unknown },
  startedAt: string,
) {
  const id = deliveries.get(name) ?? '';
  const letter = await killed(api(), id);
  const attempt = {
    number: 1,
    startedAt,
    verdict: 'permanent',
    outcome: { ...outcome, timings: { totalMs: 1 } },
    request: null,
  };
  const { status = null, failure = null } = outcome;
  await api().sql.query('UPDATE deliveries SET last_status = $2, last_failure = $3, last_attempt_at = $4 WHERE id = $1', [
    id.slice(4),
    status,
    failure,
    startedAt,
  ]);
  const text =
    'UPDATE dead_letters SET last_attempt = $2, last_status = $3, last_failure = $4, created_at = $5 WHERE id = $1';
  await api().sql.query(text, [letter.slice(4), attempt, status, failure, startedAt]);
}

const idsOf = async (path: string): Promise<string[]> =>
  (await made(ours.call('GET', path), 200)).data.map(({ id, deliveryId }) => String(deliveryId ?? id));

const FILTERS: readonly (readonly [filter: string, finds: readonly string[]])[] = [
  ['userProvidedId=customer-7', ['order', 'customer']],
  ['trackingId=request-7', ['customer']],
  ['producerId=order-7', ['order']],
  ['failure=timeout', ['customer']],
  ['status=5xx', ['order']],
  ['status=503', ['order']],
  ['status=502', []],
  [`attemptedAfter=${inSeconds(90)}&attemptedBefore=${inSeconds(150)}`, ['order']],
  [`attemptedAfter=${inSeconds(30)}&attemptedBefore=${inSeconds(90)}`, ['customer']],
];

describe('deliveries and dead letters are found', () => {
  test.each(FILTERS)('by %s', async (filter, finds) => {
    const wanted = finds.map((name) => deliveries.get(name));
    expect(await idsOf(`/v1/deliveries?url=127.0.0.1:19&${filter}`)).toEqual(wanted);
    expect((await idsOf(`/v1/dead-letters?url=127.0.0.1:19&${filter}`)).toSorted()).toEqual(wanted.toSorted());
  });

  test.each(FILTERS)('by %s, in dry runs of replays and discards', async (filter, finds) => {
    const body = Object.fromEntries(new URLSearchParams(filter));
    const replay = { ...body, url: '127.0.0.1:19', after: '2020-01-01T00:00:00Z' };
    expect((await made(ours.call('POST', '/v1/replays/dry-run', replay), 200)).count).toBe(finds.length);
    const discard = { ...body, url: '127.0.0.1:19' };
    expect((await made(ours.call('POST', '/v1/dead-letters/discard/dry-run', discard), 200)).count).toBe(finds.length);
  });

  test.each([
    ['127.0.0.1', 4],
    ['127.0.0.1:19', 3],
    ['http://127.0.0.1:19/crm', 3],
    ['http://127.0.0.1:19/crm?x=2', 0],
    ['127.0.0', 0],
    ['localhost', 0],
  ])('by the URL or host %s', async (url, count) => {
    const found = await idsOf(`/v1/deliveries?trigger=pass.installed&url=${encodeURIComponent(url)}&limit=100`);
    // the endpoint of `tenantWithAll` has its own delivery, and those of the template it is for
    expect(url === '127.0.0.1' ? found.length >= count : found.length === count, String(found.length)).toBe(true);
  });

  test('by template: its id, or its own one', async () => {
    const gold = [deliveries.get('gold')];
    expect(await idsOf('/v1/deliveries?templateId=gold')).toEqual(gold);
    const { data } = await made(ours.call('GET', '/v1/templates?q=gold'), 200);
    expect(await idsOf(`/v1/deliveries?templateId=${data[0]?.id}`)).toEqual(gold);
    expect(await idsOf('/v1/deliveries?templateId=silver')).toEqual([]);
    // and the event derived from it
    expect((await idsOf('/v1/events?templateId=gold')).length).toBe(2);
  });

  test('only among those of the tenant', async () => {
    for (const [filter] of FILTERS) {
      const { data } = await made(theirs.call('GET', `/v1/deliveries?${filter}`), 200);
      for (const { id } of data) expect([...deliveries.values()], filter).not.toContain(id);
    }
  });
});

describe('events are found', () => {
  test.each([
    // with what is derived from it: the pass was installed for the first time
    ['userProvidedId=customer-7', 2],
    ['trackingId=request-7', 2],
    ['producerId=order-7', 1],
    ['userProvidedId=customer-8', 0],
  ])('by %s', async (filter, count) => {
    expect(await idsOf(`/v1/events?${filter}`)).toHaveLength(count);
  });

  test('of tests, or not', async () => {
    const test = await ours.call('POST', `/v1/subscriptions/${ours.ids.subscription}/test`, {});
    expect(test.status).toBe(202);
    const ofTests = await idsOf('/v1/events?test=true');
    expect(ofTests).toHaveLength(1);
    expect(await idsOf('/v1/events?test=false&limit=100')).not.toContain(ofTests[0]);
  });
});

test.each([
  ['failure=slow', '/failure'],
  ['status=9xx', '/status'],
  ['attemptedAfter=yesterday', '/attemptedAfter'],
  ['userProvidedId=', '/userProvidedId'],
])('%s is refused by name', async (filter, pointer) => {
  const { status, body } = await ours.call('GET', `/v1/deliveries?${filter}`);
  expect(status).toBe(422);
  expect(JSON.stringify(body)).toContain(`"${pointer}"`);
});
