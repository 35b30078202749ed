import { beforeAll, expect, test } from 'vitest';
import { jsonOf, readManual } from '../../support/manual.ts';
import type { Call } from './api.ts';
import { useApi } from './api.ts';
import { made } from './tenant-with-all.ts';

const api = useApi();
const MANUAL = readManual('filters.md');
const [FILTER] = jsonOf<object>(MANUAL, 'filter');
const [PREVIEW] = jsonOf<{ readonly filteredOut: string }>(MANUAL, 'preview');
let call: Call;
let integrationId: string;
let templateId: string;

beforeAll(async () => {
  ({ call } = await api().tenant());
  ({ id: integrationId } = await made(call('POST', '/v1/integrations', { name: 'CRM', dialect: 'standard' })));
  const fields = [
    { key: 'tier', sample: 'silver' },
    { key: 'points', type: 'number' },
  ];
  ({ id: templateId } = await made(call('POST', '/v1/templates', { name: 'Loyalty', fields })));
});

let number = 0;
const subscribe = (more: object = {}) => {
  number += 1;
  const url = `http://127.0.0.1:9/${number}`;
  return call('POST', '/v1/subscriptions', { integrationId, templateId, trigger: 'pass.updated', url, ...more });
};
const post = async (tier: string, changes: object = {}) => {
  const event = {
    type: 'pass.updated',
    templateId,
    occurredAt: '2026-03-01T12:00:00Z',
    pass: { id: 'p', fields: { tier } },
  };
  return made(call('POST', '/v1/events', { ...event, ...changes }), 202);
};
const gold = { path: '/pass/fields/tier', eq: 'gold' };

test('a filter decides which events are delivered, and an event that nobody gets says so', async () => {
  const { id, filter } = await made(subscribe({ filter: gold }));
  expect(filter).toEqual(gold);
  expect(await post('gold')).toMatchObject({ deliveries: 1 });
  const silver = await post('silver');
  expect(silver).toMatchObject({ deliveries: 0 });
  expect((await call('GET', `/v1/events/${silver.id}`)).body).toMatchObject({ undelivered: 'filtered', deliveries: [] });
  expect(await post('silver', { changes: { fields: { tier: 'gold' } } })).toMatchObject({ deliveries: 1 });

  const before = (await call('GET', `/v1/deliveries?subscriptionId=${id}`)).body.data;
  await made(call('PATCH', `/v1/subscriptions/${id}`, { filter: { not: gold } }), 200);
  expect((await call('GET', `/v1/deliveries?subscriptionId=${id}`)).body.data).toHaveLength(before.length);
  expect([await post('gold'), await post('silver')]).toMatchObject([{ deliveries: 0 }, { deliveries: 1 }]);
  expect((await made(call('PATCH', `/v1/subscriptions/${id}`, { filter: null }), 200)).filter).toBeNull();
  expect(await post('gold')).toMatchObject({ deliveries: 1 });
  expect((await call('GET', `/v1/subscriptions/${id}`)).body).toMatchObject({ filter: null });
  await made(call('DELETE', `/v1/subscriptions/${id}`), 204);
});

test('others get what one filter keeps out, and an event is undelivered only when all do', async () => {
  const ids = [await made(subscribe({ filter: gold })), await made(subscribe({ filter: { not: gold } }))].map(
    ({ id }) => id,
  );
  expect(await post('gold')).toMatchObject({ deliveries: 1 });
  for (const id of ids) await made(call('DELETE', `/v1/subscriptions/${id}`), 204);
});

test('a wrong filter is refused with the place of each error', async () => {
  const filter = {
    any: [
      { path: '/pass/fields/tire', eq: 1 },
      { path: '/pass/status', eq: 'gone' },
    ],
  };
  const { status, body } = await subscribe({ filter });
  expect([status, body.errors.map(({ pointer }) => pointer)]).toEqual([422, ['/filter/any/0/path', '/filter/any/1/eq']]);
  const shape = await subscribe({ filter: { all: [{ path: '/pass/id', equals: 'x' }] } });
  expect([shape.status, shape.body.errors.map(({ pointer }) => pointer)]).toEqual([
    422,
    ['/filter/all/0/equals', '/filter/all/0'],
  ]);
  const operational = { trigger: 'endpoint.failing', templateId: null, filter: { path: '/type', exists: true } };
  expect((await subscribe(operational)).body.errors).toMatchObject([{ pointer: '/filter' }]);
  const { id } = await made(subscribe({ filter: gold }));
  expect((await call('PATCH', `/v1/subscriptions/${id}`, { filter: { path: '/nothing', exists: true } })).status).toBe(422);
  const changed = await made(
    call('PATCH', `/v1/templates/${templateId}`, { fields: [{ key: 'points', type: 'number' }] }),
    200,
  );
  expect(changed.fields).toHaveLength(1);
  expect((await call('GET', `/v1/subscriptions/${id}`)).body.warnings).toMatchObject([{ pointer: '/filter/path' }]);
});

test('a preview says why an event would be kept out, as docs/filters.md shows', async () => {
  const { id } = await made(call('POST', '/v1/templates', { name: 'Tiers', fields: [{ key: 'tier', sample: 'silver' }] }));
  const preview = (filter: object | undefined) =>
    call('POST', '/v1/subscriptions/preview', { integrationId, templateId: id, trigger: 'pass.installed', filter });
  expect((await made(preview(FILTER), 200)).filteredOut).toBe(PREVIEW?.filteredOut);
  expect((await made(preview({ path: '/pass/fields/tier', eq: 'silver' }), 200)).filteredOut).toBeNull();
  expect((await made(preview(undefined), 200)).filteredOut).toBeNull();
});
