import { beforeAll, expect, test } from 'vitest';
import { useApi } from './api.ts';
import { type TenantWithAll, tenantWithAll } from './tenant-with-all.ts';

const api = useApi();
let ours: TenantWithAll;
let theirs: TenantWithAll;

interface Found {
  readonly recognisedAs: string;
  readonly hits: readonly {
    readonly kind: string;
    readonly id: string;
    readonly tenantId: string;
    readonly deleted: boolean;
  }[];
}

beforeAll(async () => {
  ours = await tenantWithAll(api());
  theirs = await tenantWithAll(api());
});

async function search(q: string, key = ours.key, more = ''): Promise<Found> {
  const { status, body, text } = await api().with(key)('GET', `/v1/search?${new URLSearchParams({ q })}${more}`);
  expect(status, text).toBe(200);
  return body as never;
}

const idsOf = ({ hits }: Found) => hits.map(({ id }) => id);

test.each([
  'delivery',
  'event',
  'deadLetter',
  'replay',
  'erasure',
  'subscription',
  'endpoint',
  'integration',
  'template',
] as const)(
  'a %s is found by its id, pasted with quotes, by its tenant and by support, and by nobody else',
  async (kind) => {
    const id = ours.ids[kind] ?? '';
    expect(await search(` "${id.toUpperCase()}",`)).toMatchObject({
      recognisedAs: 'id',
      hits: [{ kind, id, tenantId: ours.id }],
    });
    expect(await search(id, theirs.key)).toMatchObject({ hits: [] });
    const { key } = await api().makeKey('support');
    expect(idsOf(await search(id, key))).toEqual([id]);
    expect(idsOf(await search(id, key, `&tenantId=${theirs.id}`))).toEqual([]);
    expect(idsOf(await search(id.slice(4)))).toContain(id);
  },
);

test('a delivery is found by its webhook-id, as a header line and in a body', async () => {
  const { body } = await ours.call('GET', `/v1/deliveries/${ours.ids.delivery}`);
  for (const pasted of [`webhook-id: ${body.messageId}`, String(body.messageId)]) {
    expect(idsOf(await search(pasted))).toEqual([ours.ids.delivery]);
  }
  expect(idsOf(await search(JSON.stringify({ type: 'x', data: { eventId: ours.ids.event } })))).toEqual([ours.ids.event]);
});

test('a pass id finds its deliveries and events, in one tenant or in all that one can see', async () => {
  const found = await search('pass-1');
  expect(idsOf(found)).toEqual(expect.arrayContaining([ours.ids.delivery, ours.ids.event]));
  expect(new Set(found.hits.map(({ tenantId }) => tenantId))).toEqual(new Set([ours.id]));
  const { key } = await api().makeKey('support');
  const all = [ours, theirs].flatMap(({ ids }) => [ids.delivery, ids.event]);
  expect(idsOf(await search("'pass-1'", key))).toEqual(expect.arrayContaining(all));
});

test('an event is found by the id of the customer and of the request', async () => {
  for (const q of ['customer of pass-1', '"request for pass-1",']) {
    expect(idsOf(await search(q))).toContain(ours.ids.event);
    expect(idsOf(await search(q, theirs.key))).toContain(theirs.ids.event);
    expect(idsOf(await search(q, theirs.key))).not.toContain(ours.ids.event);
  }
});

test('of a line of a log the first id that leads to something counts', async () => {
  const line = `10:02:11 WARN hook failed eventId=evt-of-theirs passId=pass-1 request=r-1`;
  expect(idsOf(await search(line))).toContain(ours.ids.delivery);
  expect(await search(`event_id=nothing hook of dlv_${ours.ids.delivery?.slice(4)} failed`)).toMatchObject({
    recognisedAs: 'id',
    hits: [{ id: ours.ids.delivery }],
  });
});

test('an endpoint is found by its host', async () => {
  const url = 'https://hooks.example.com/wallet';
  const { integrationId } = (await ours.call('GET', `/v1/subscriptions/${ours.ids.subscription}`)).body as never;
  const names = { integrationId, trigger: 'pass.updated', url };
  const made = await ours.call('POST', '/v1/subscriptions', names);
  expect(made.status, made.text).toBe(201);
  for (const q of ['hooks.example.com', '(Hooks.Example.com)']) {
    expect(await search(q)).toMatchObject({ recognisedAs: 'host', hits: [{ kind: 'endpoint', id: made.body.endpointId }] });
    expect(await search(q, theirs.key)).toMatchObject({ hits: [] });
  }
});

test('names by their beginning, templates by their external id, endpoints by URL', async () => {
  expect(idsOf(await search('loyalty'))).toEqual([ours.ids.template]);
  expect(idsOf(await search('RECEIV'))).toEqual([ours.ids.integration]);
  expect(idsOf(await search('http://127.0.0.1:9/'))).toEqual([ours.ids.endpoint]);
  expect((await search('Acm', api().adminKey)).hits.map(({ kind }) => kind)).toEqual(['tenant', 'tenant']);
});

test('a status is recognised as a filter, and what is unknown finds nothing', async () => {
  expect(await search('5xx')).toEqual({ recognisedAs: 'status', hits: [] });
  expect(await search('no such thing')).toEqual({ recognisedAs: 'text', hits: [] });
  expect((await ours.call('GET', '/v1/search')).status).toBe(422);
  expect((await ours.call('GET', `/v1/search?q=x&tenantId=${theirs.id}`)).status).toBe(404);
});

test('what was deleted is marked', async () => {
  await ours.call('DELETE', `/v1/subscriptions/${ours.ids.subscription}`);
  expect(await search(ours.ids.subscription ?? '')).toMatchObject({ hits: [{ deleted: true }] });
});
