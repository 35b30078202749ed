import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { useApi } from '../api/api.ts';
import { made } from '../api/tenant-with-all.ts';
import { type DoorCall, type DoorTenant, knockAt, tenantWithTemplate } from './door.ts';

const api = useApi();
const URL = 'https://93.184.216.34/hook';
const GUID = '02fd53c5-863e-4056-9dbf-2525fa171123';
const EVENTS = [
  'pass_created',
  'pass_updated',
  'pass_voided',
  'first_pushnotification_registered',
  'pushnotification_registered',
  'pushnotification_unregistered',
];

let tenant: DoorTenant;
let passcreator: DoorCall;

beforeEach(async () => {
  tenant = await tenantWithTemplate(api(), {
    passType: 'storeCard',
    vendor: { passcreator: { guid: GUID } },
    fields: [
      { key: 'name', label: 'Name', sample: 'Jane', area: 'secondaryFields' },
      { key: 'level', label: 'Level', type: 'number', sample: 7, area: 'secondaryFields', personalised: false },
    ],
  });
  passcreator = knockAt(api(), 'passcreator', tenant.key);
});

async function subscribe(more: object = {}, path = '/api/hook/subscribe'): Promise<string> {
  const answer = await passcreator('POST', path, { target_url: URL, event: 'pass_created', ...more });
  expect(answer.status, answer.text).toBe(201);
  return answer.body.id;
}

const hooks = async () => (await passcreator('GET', '/api/hook/list')).body;

test('P-D1: everything goes to one integration, which is made when it is needed; its key is the public key', async () => {
  expect(await passcreator('GET', '/api/hook/publickey')).toMatchObject({
    status: 404,
    body: { success: false, data: null },
  });
  const id = await subscribe();
  await subscribe({ event: 'pass_voided' });
  const { data } = (await tenant.v1('GET', '/v1/integrations')).body;
  expect(data).toMatchObject([{ name: 'Passcreator', dialect: 'passcreator' }]);
  const { integrationId } = (await tenant.v1('GET', `/v1/subscriptions/${id}`)).body;
  const { keys } = (await tenant.v1('GET', `/v1/integrations/${integrationId}/public-keys`)).body as never as {
    keys: { kind: string; publicKey: string }[];
  };
  const { publicKey } = (await passcreator('GET', '/api/hook/publickey')).body;
  expect(publicKey).toMatch(/^-----BEGIN PUBLIC KEY-----\n[\s\S]+\n-----END PUBLIC KEY-----\n$/);
  expect(publicKey).toBe(keys.find(({ kind }) => kind === 'passcreator')?.publicKey);
});

test('P-D1: of several integrations the oldest is meant, or the one that is named; lists and unsubscribing cover all', async () => {
  const [one, two] = [
    await made(tenant.v1('POST', '/v1/integrations', { name: 'One', dialect: 'passcreator' })),
    await made(tenant.v1('POST', '/v1/integrations', { name: 'Two', dialect: 'passcreator' })),
  ];
  const first = await subscribe();
  const second = await subscribe({}, `/api/hook/subscribe?integrationId=${two.id}`);
  expect((await tenant.v1('GET', `/v1/subscriptions/${first}`)).body.integrationId).toBe(one.id);
  expect((await tenant.v1('GET', `/v1/subscriptions/${second}`)).body.integrationId).toBe(two.id);
  expect(await hooks()).toHaveLength(2);
  expect((await passcreator('GET', `/api/hook/list?integrationId=${two.id}`)).body).toHaveLength(1);
  expect((await passcreator('GET', '/api/hook/list?integrationId=int_unknown')).status).toBe(404);
  await passcreator('POST', `/api/hook/unsubscribe?integrationId=${one.id}`, { target_url: URL });
  expect(await hooks()).toHaveLength(1);
});

test('P-D2: the page’s call is taken as it is; again it answers the same id, and its options win', async () => {
  const body = JSON.parse(
    readFileSync(join(import.meta.dirname, '../../fixtures/requests/passcreator-subscribe.json'), 'utf8'),
  ) as object;
  const first = await passcreator('POST', '/api/hook/subscribe', body);
  expect(first).toMatchObject({ status: 201, body: { id: expect.stringMatching(/^sub_/) } });
  const { id } = first.body;
  expect((await tenant.v1('GET', `/v1/subscriptions/${id}`)).body.options).toEqual({
    signPayload: true,
    retryEnabled: true,
    subscriptionUrl: 'https://your-server.com/hooks/1',
  });
  const { subscription_url: _left, retryEnabled: _out, ...rest } = body as { [name: string]: unknown };
  const again = { ...rest, target_url: 'HTTPS://your-server.com:443/webhook/receiver' };
  const second = await passcreator('POST', '/api/hook/subscribe?generateAccessToken=true', again);
  expect(second).toMatchObject({ status: 201, body: { id } });
  expect((await tenant.v1('GET', `/v1/subscriptions/${id}`)).body.options).toEqual({
    signPayload: true,
    retryEnabled: false,
  });
  expect(await hooks()).toHaveLength(1);
});

test('P-D2: subscribing again enables what was disabled', async () => {
  const id = await subscribe();
  await made(tenant.v1('PATCH', `/v1/subscriptions/${id}`, { enabled: false }), 200);
  expect(await subscribe()).toBe(id);
  expect((await tenant.v1('GET', `/v1/subscriptions/${id}`)).body.disabledReason).toBeNull();
});

test.each([
  [{ target_url: undefined }, '/target_url'],
  [{ target_url: 'https://127.0.0.1:1/' }, undefined],
  [{ target_url: 'https://10.0.0.1/' }, '/target_url'],
  [{ target_url: 'nonsense' }, '/target_url'],
  [{ event: 'pass_template_created' }, EVENTS.join(', ')],
  [{ event: undefined }, '/event'],
  [{ pullMode: true }, '/pullMode'],
  [{ signPayload: 'yes' }, '/signPayload'],
  [{ subscription_url: 'https://10.0.0.1/' }, '/subscription_url'],
])('P-D3: %j is 400 that names what would be right', async (more, message) => {
  const stored = await api().stored();
  const answer = await passcreator('POST', '/api/hook/subscribe', { target_url: URL, event: 'pass_created', ...more });
  if (message === undefined) return expect(answer.status).toBe(201);
  expect(answer).toMatchObject({
    status: 400,
    body: { success: false, data: null, errors: [expect.stringContaining(message)] },
  });
  expect(await api().stored()).toBe(stored);
});

test('P-D3: a template is named by its guid, its externalId or our id; an unknown one is 404', async () => {
  for (const name of [GUID, 'loyalty', tenant.templateId]) {
    const id = await subscribe({}, `/api/hook/subscribe/${name}`);
    expect((await tenant.v1('GET', `/v1/subscriptions/${id}`)).body.templateId).toBe(tenant.templateId);
  }
  const unknown = await passcreator('POST', '/api/hook/subscribe/unknown', { target_url: URL, event: 'pass_created' });
  expect(unknown).toMatchObject({ status: 404, body: { success: false } });
});

test('P-D4: unsubscribing removes every event on the URL, of all templates, by POST and DELETE', async () => {
  const done = { status: 200, body: { success: true, description: 'success', errors: [], data: null } };
  const subscribeAll = async () => {
    for (const event of EVENTS) await subscribe({ event });
    await subscribe({}, `/api/hook/subscribe/${GUID}`);
    await subscribe({ target_url: `${URL}/other`, subscription_url: 'https://93.184.216.34/own' });
  };
  await subscribeAll();
  expect(await hooks()).toHaveLength(8);
  expect(
    await passcreator('POST', '/api/hook/unsubscribe', { target_url: 'HTTPS://93.184.216.34/x/../hook' }),
  ).toMatchObject(done);
  expect(await hooks()).toMatchObject([{ target_url: `${URL}/other` }]);
  expect(
    await passcreator('DELETE', '/api/hook/unsubscribe', { subscription_url: 'https://93.184.216.34/own' }),
  ).toMatchObject(done);
  expect(await hooks()).toEqual([]);
  await subscribeAll();
  const both = { target_url: URL, subscription_url: 'https://93.184.216.34/own' };
  expect(await passcreator('DELETE', '/api/hook/unsubscribe/', both)).toMatchObject(done);
  expect(await hooks()).toMatchObject([{ target_url: `${URL}/other` }]);
  expect(await passcreator('POST', '/api/hook/unsubscribe', { target_url: URL })).toMatchObject(done);
  expect(await passcreator('POST', '/api/hook/unsubscribe', {})).toMatchObject({ status: 400 });
});

test('P-D5: the list is a bare array, with null for hooks of all templates', async () => {
  await subscribe();
  await subscribe({ event: 'pushnotification_unregistered' }, `/api/hook/subscribe/${GUID}`);
  expect(await hooks()).toEqual([
    { target_url: URL, event: 'pass_created', pass_template: null },
    { target_url: URL, event: 'pushnotification_unregistered', pass_template: GUID },
  ]);
});

test('P-D6: a template is described in the envelope, or flat for Zapier, at either path', async () => {
  const paths = [`/api/v2/pass-template/${GUID}/describe`, `/api/pass-template/${GUID}`];
  for (const path of paths) {
    expect((await passcreator('GET', path)).body).toEqual({
      success: true,
      description: 'success',
      errors: [],
      data: {
        name: 'Loyalty',
        type: 'storeCard',
        fields: {
          headerFields: [],
          primaryFields: [],
          secondaryFields: [
            { index: 0, type: 'text', label: 'Name', value: 'Jane' },
            { index: 1, type: 'number', label: 'Level', value: '7' },
          ],
          auxiliaryFields: [],
          backFields: [],
        },
        expiration: {
          expirationDate: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d$/),
          expirationDateDifferentForEachPass: true,
        },
      },
    });
    expect((await passcreator('GET', `${path}?zapierStyle=true`)).body).toEqual({
      secondaryFields_0_Name: 'Jane',
      barcodeValue: '1234567890',
      barcodeAlternativeText: '1234567890',
      expirationDate: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/),
    });
  }
  expect((await passcreator('GET', '/api/v2/pass-template/unknown/describe')).status).toBe(404);
});

test('P-D8: after a rotation the new key is the public key, the old one stays listed, and the answer counts what it signed', async () => {
  const id = await subscribe({ signPayload: true });
  const { integrationId } = (await tenant.v1('GET', `/v1/subscriptions/${id}`)).body;
  const before = (await passcreator('GET', '/api/hook/publickey')).body.publicKey;
  const rotated = await made(
    tenant.v1('POST', `/v1/integrations/${integrationId}/rotate-secret`, { kind: 'passcreator' }),
    200,
  );
  expect(rotated).toMatchObject({ openDeliveries: 0 });
  const after = (await passcreator('GET', '/api/hook/publickey')).body.publicKey;
  expect(after).not.toBe(before);
  const { keys } = (await tenant.v1('GET', `/v1/integrations/${integrationId}/public-keys`)).body as never as {
    keys: { publicKey: string; retiredAt?: string }[];
  };
  expect(keys).toMatchObject([{ publicKey: after }, { publicKey: before, retiredAt: expect.any(String) }]);
});
