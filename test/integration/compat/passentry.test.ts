import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { useApi } from '../api/api.ts';
import { made } from '../api/tenant-with-all.ts';
import { type DoorCall, type DoorTenant, knockAt, tenantWithTemplate } from './door.ts';

const api = useApi();
const PATH = '/api/v1/webhook-subscriptions';
const URL = 'https://93.184.216.34/webhook';
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

let tenant: DoorTenant;
let passentry: DoorCall;

beforeEach(async () => {
  tenant = await tenantWithTemplate(api());
  passentry = knockAt(api(), 'passentry', `Bearer ${tenant.key}`);
});

function wrapped(more: object = {}): object {
  return { webhookSubscription: { url: URL, subscribedEvents: ['passInstalled', 'passRemoved'], ...more } };
}

async function create(more: object = {}) {
  const answer = await passentry('POST', PATH, wrapped(more));
  expect(answer.status, answer.text).toBe(201);
  return answer.body.data;
}

async function subscriptionsOf(uuid: string) {
  return (await tenant.v1('GET', `/v1/subscriptions?integrationId=int_${uuid}&limit=100`)).body.data;
}

test('E-D1, D6: a registration is one integration with a subscription for each event; its id is the bare UUID', async () => {
  const { id } = await create();
  expect(id).toMatch(UUID);
  expect(await tenant.v1('GET', `/v1/integrations/int_${id}`)).toMatchObject({
    status: 200,
    body: { dialect: 'passentry' },
  });
  expect((await subscriptionsOf(id)).map(({ trigger }) => trigger).toSorted()).toEqual([
    'pass.installed',
    'pass.uninstalled',
  ]);
});

test('E-D1, D3: what /v1 made is shown only when it is of one URL and all templates', async () => {
  const { id } = await made(tenant.v1('POST', '/v1/integrations', { name: 'CRM', dialect: 'passentry' }));
  const uuid = id.slice('int_'.length);
  const subscribe = (trigger: string, more: object = {}) =>
    made(tenant.v1('POST', '/v1/subscriptions', { integrationId: id, trigger, url: URL, ...more }));
  expect((await passentry('GET', `${PATH}/${uuid}`)).status).toBe(404);
  await subscribe('pass.installed');
  await subscribe('pass.created', { url: 'HTTPS://93.184.216.34/webhook' });
  expect((await passentry('GET', `${PATH}/${uuid}`)).body.data.attributes).toMatchObject({
    url: URL,
    subscribedEvents: ['passInstalled', 'passCreated'],
  });
  await subscribe('pass.scanned', { url: `${URL}/other` });
  expect((await passentry('GET', `${PATH}/${uuid}`)).status).toBe(404);
  expect((await passentry('GET', PATH)).body.data).toEqual([]);
});

test('E-D2, E-D3: create, list, show, update, rotate, delete and test answer as PassEntry does; the secret is shown twice only', async () => {
  const shape = JSON.parse(
    readFileSync(join(import.meta.dirname, '../../fixtures/requests/passentry-webhook-subscription.response.json'), 'utf8'),
  ) as { data: { attributes: object } };
  const created = await passentry('POST', `${PATH}/`, wrapped({ enabled: true }));
  const { id } = created.body.data;
  expect(created).toMatchObject({ status: 201 });
  expect(Object.keys(created.body.data.attributes)).toEqual(Object.keys(shape.data.attributes));
  expect(created.body).toEqual({
    data: {
      ...shape.data,
      id,
      attributes: {
        ...shape.data.attributes,
        url: URL,
        secretKey: expect.stringMatching(/^[0-9a-f]{40}$/),
        scopeName: 'Acme',
      },
    },
  });
  const { secretKey, ...attributes } = created.body.data.attributes;
  expect((await passentry('GET', `${PATH}/${id}`)).body).toEqual({ data: { ...created.body.data, attributes } });
  expect((await passentry('GET', PATH)).body.data).toEqual([{ ...created.body.data, attributes }]);

  const updated = await passentry('PATCH', `${PATH}/${id}`, {
    webhookSubscription: { subscribedEvents: ['passCreated', 'passRemoved'] },
  });
  expect(updated).toMatchObject({
    status: 200,
    body: { data: { attributes: { subscribedEvents: ['passRemoved', 'passCreated'] } } },
  });
  expect(updated.body.data.attributes).not.toHaveProperty('secretKey');
  expect((await subscriptionsOf(id)).map(({ trigger }) => trigger).toSorted()).toEqual([
    'pass.created',
    'pass.uninstalled',
  ]);

  const rotated = await passentry('PATCH', `${PATH}/${id}/rotate-secret`);
  expect(rotated).toMatchObject({ status: 200, body: { id, type: 'webhookSubscription' } });
  expect(rotated.body.attributes.secretKey).toMatch(/^[0-9a-f]{40}$/);
  expect(rotated.body.attributes.secretKey).not.toBe(secretKey);
  expect(
    (await tenant.v1('GET', `/v1/integrations/int_${id}`)).body.secrets.filter(({ kind }) => kind === 'passentry'),
  ).toHaveLength(1);

  expect(await passentry('POST', `${PATH}/${id}/test`)).toMatchObject({ status: 202, body: { status: 'queued' } });
  expect((await tenant.v1('GET', '/v1/deliveries?test=true')).body.data).toHaveLength(2);
  expect(await passentry('DELETE', `${PATH}/${id}`)).toMatchObject({ status: 204, text: '' });
  expect((await passentry('GET', `${PATH}/${id}`)).status).toBe(404);
  expect((await passentry('DELETE', `${PATH}/${id}`)).status).toBe(404);
});

test('E-D2: an update may change the URL and all events at once; a change of scope is refused', async () => {
  const { id } = await create({ entityId: 'gate-1' });
  const all = { url: `${URL}/new`, subscribedEvents: ['passScanned'], enabled: false };
  const updated = await passentry('PATCH', `${PATH}/${id}`, { webhookSubscription: all });
  expect(updated.body.data.attributes).toMatchObject(all);
  for (const [name, value] of [
    ['entityId', 'gate-2'],
    ['scopeType', 'entity'],
    ['scopeName', 'Other'],
  ] as const) {
    expect(await passentry('PATCH', `${PATH}/${id}`, { webhookSubscription: { [name]: value } })).toMatchObject({
      status: 422,
      body: { errors: [{ status: '422', source: { pointer: `/webhookSubscription/${name}` } }] },
    });
  }
  expect((await passentry('PATCH', `${PATH}/${id}`, { webhookSubscription: { entityId: 'gate-1' } })).status).toBe(200);
});

test('E-D4: what happens while it is disabled is cancelled, and enabled is true if any subscription is', async () => {
  const { id } = await create({ enabled: false });
  const subscriptions = await subscriptionsOf(id);
  expect(subscriptions).toMatchObject([
    { disabledReason: 'requested', whileDisabled: 'cancel' },
    { disabledReason: 'requested', whileDisabled: 'cancel' },
  ]);
  expect((await passentry('GET', `${PATH}/${id}`)).body.data.attributes.enabled).toBe(false);
  await made(tenant.v1('PATCH', `/v1/subscriptions/${subscriptions[0]?.id}`, { enabled: true }), 200);
  expect((await passentry('GET', `${PATH}/${id}`)).body.data.attributes.enabled).toBe(true);
  await passentry('PATCH', `${PATH}/${id}`, { webhookSubscription: { enabled: true } });
  expect(await subscriptionsOf(id)).toMatchObject([{ disabledReason: null }, { disabledReason: null }]);
});

test('E-D5, D5: the same address in one scope is 409, another scope is free; the 11th of a scope is 422', async () => {
  await create();
  const again = await passentry('POST', PATH, wrapped({ url: 'HTTPS://93.184.216.34:443/webhook' }));
  expect(again).toMatchObject({
    status: 409,
    body: { errors: [{ status: '409', source: { pointer: '/webhookSubscription/url' } }] },
  });
  const { id } = await create({ entityId: 'gate-1' });
  const other = await create({ url: `${URL}/1`, entityId: 'gate-1' });
  expect((await passentry('PATCH', `${PATH}/${other.id}`, { webhookSubscription: { url: URL } })).status).toBe(409);
  expect((await passentry('PATCH', `${PATH}/${id}`, { webhookSubscription: { url: URL } })).status).toBe(200);
  for (let number = 1; number < 10; number++) await create({ url: `${URL}/${number}` });
  expect(await passentry('POST', PATH, wrapped({ url: `${URL}/11` }))).toMatchObject({
    status: 422,
    body: { errors: [{ detail: expect.stringContaining('10') }] },
  });
  expect((await passentry('POST', PATH, wrapped({ url: `${URL}/11`, entityId: 'gate-1' }))).status).toBe(201);
});

test.each([
  [{ url: 'http://93.184.216.34/webhook' }, 201],
  [{ url: 'https://10.0.0.1/' }, '/webhookSubscription/url'],
  [{ url: 7 }, '/webhookSubscription/url'],
  [{ subscribedEvents: [] }, '/webhookSubscription/subscribedEvents'],
  [{ subscribedEvents: undefined }, '/webhookSubscription/subscribedEvents'],
  [{ subscribedEvents: ['passInstalled', 'passUpdated'] }, '/webhookSubscription/subscribedEvents/1'],
])('E-D5: %j', async (more, expected) => {
  const stored = await api().stored();
  const answer = await passentry('POST', PATH, wrapped(more));
  // http is allowed in tests
  if (typeof expected === 'number') return expect(answer.status).toBe(expected);
  expect(answer).toMatchObject({ status: 422, body: { errors: [{ source: { pointer: expected } }] } });
  expect(await api().stored()).toBe(stored);
});

test('E-D5: a repeated event counts once; without the wrapper the request is refused', async () => {
  expect((await create({ subscribedEvents: ['passCreated', 'passCreated'] })).attributes.subscribedEvents).toEqual([
    'passCreated',
  ]);
  expect(await passentry('POST', PATH, { url: URL })).toMatchObject({
    status: 422,
    body: { errors: [{ source: { pointer: '/webhookSubscription' } }] },
  });
});

test('E-D6: passTapped is accepted, at creation and by an update', async () => {
  const { id } = await create({ subscribedEvents: ['passTapped'] });
  expect((await tenant.v1('GET', `/v1/integrations/int_${id}`)).body.options).toMatchObject({ allowDeprecated: true });
  const second = await create({ url: `${URL}/2` });
  const updated = await passentry('PATCH', `${PATH}/${second.id}`, {
    webhookSubscription: { subscribedEvents: ['passInstalled', 'passTapped'] },
  });
  expect(updated.body.data.attributes.subscribedEvents).toEqual(['passInstalled', 'passTapped']);
});

test('E-D7: the scope is kept as it is sent, and the list can be filtered by entityId', async () => {
  const scope = { scopeType: 'entity', scopeName: 'West Gate', entityId: 'gate-1' };
  const { id, attributes } = await create(scope);
  expect(attributes).toMatchObject(scope);
  await create();
  expect((await passentry('GET', `${PATH}?entityId=gate-1`)).body.data).toMatchObject([{ id }]);
  expect((await passentry('GET', PATH)).body.data).toHaveLength(2);
});

test('E-D8: pages with meta and links; 1 to 100 on a page', async () => {
  for (let number = 0; number < 5; number++) await create({ url: `${URL}/${number}` });
  const page = await passentry('GET', `${PATH}?perPage=2&page=2`);
  const base = `${api().origin}/compat/passentry${PATH}?perPage=2&page=`;
  expect(page.body).toMatchObject({
    data: [{ attributes: { url: `${URL}/2` } }, { attributes: { url: `${URL}/3` } }],
    meta: { totalCount: 5, resultsPerPage: 2, currentPage: 2, totalPages: 3 },
    links: { first: `${base}1`, prev: `${base}1`, next: `${base}3`, last: `${base}3` },
  });
  expect((await passentry('GET', `${PATH}?perPage=2&page=3`)).body).toMatchObject({ data: [{}], links: { next: null } });
  expect((await passentry('GET', PATH)).body.meta).toMatchObject({ resultsPerPage: 25, currentPage: 1, totalPages: 1 });
  for (const query of ['perPage=0', 'perPage=101', 'perPage=x', 'page=0']) {
    expect((await passentry('GET', `${PATH}?${query}`)).status).toBe(422);
  }
});

test('D7: a creation with an Idempotency-Key is made once, and its secret is not repeated', async () => {
  const headers = { 'idempotency-key': 'once' };
  const first = await passentry('POST', PATH, wrapped(), headers);
  const again = await passentry('POST', PATH, wrapped(), headers);
  expect(again).toMatchObject({ status: 201, body: { data: { id: first.body.data.id } } });
  expect(again.body.data.attributes).not.toHaveProperty('secretKey');
});

test('a registration is made whole or not at all', async () => {
  await api().sql.query(`
    CREATE FUNCTION refuse_scans() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN IF NEW.trigger = 'pass.scanned' THEN RAISE EXCEPTION 'refused'; END IF; RETURN NEW; END $$;
    CREATE TRIGGER refuse_scans BEFORE INSERT ON subscriptions FOR EACH ROW EXECUTE FUNCTION refuse_scans();`);
  try {
    const stored = await api().stored();
    const answer = await passentry('POST', PATH, wrapped({ subscribedEvents: ['passInstalled', 'passScanned'] }));
    expect(answer).toMatchObject({ status: 500, body: { errors: [{ status: '500' }] } });
    expect(await api().stored()).toBe(stored);
  } finally {
    await api().sql.query('DROP TRIGGER refuse_scans ON subscriptions; DROP FUNCTION refuse_scans');
  }
});
