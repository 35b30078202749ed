import { beforeEach, expect, test } from 'vitest';
import { useApi } from '../api/api.ts';
import { made } from '../api/tenant-with-all.ts';
import { type DoorCall, type DoorTenant, knockAt, tenantWithTemplate } from './door.ts';

const api = useApi();
const HOOK = { hookUrl: 'https://93.184.216.34/hooks/standard/1', trigger: 'pass.created' };

let tenant: DoorTenant;
let zapier: DoorCall;

beforeEach(async () => {
  tenant = await tenantWithTemplate(api());
  zapier = knockAt(api(), 'zapier', `Bearer ${tenant.key}`);
});

test('Z-D1: a hook is subscribed at an integration named Zapier; the same again is 200 with the same id', async () => {
  const first = await zapier('POST', '/hooks', HOOK);
  expect(first).toMatchObject({ status: 201, body: { id: expect.stringMatching(/^sub_/) } });
  const again = await zapier('POST', '/hooks/', { ...HOOK, hookUrl: 'HTTPS://93.184.216.34:443/hooks/standard/1' });
  expect(again).toMatchObject({ status: 200, body: first.body });
  const other = await zapier('POST', '/hooks', {
    ...HOOK,
    dialect: 'walletthat',
    trigger: 'pass.installed',
    templateId: 'loyalty',
  });
  expect(other.status, other.text).toBe(201);
  expect((await tenant.v1('GET', '/v1/integrations')).body.data).toMatchObject([
    { name: 'Zapier', dialect: 'walletthat' },
    { name: 'Zapier', dialect: 'standard' },
  ]);
  expect((await tenant.v1('GET', `/v1/subscriptions/${other.body.id}`)).body).toMatchObject({
    templateId: tenant.templateId,
  });
});

test('Z-D1: subscribing again enables what was disabled', async () => {
  const { id } = (await zapier('POST', '/hooks', HOOK)).body;
  await made(tenant.v1('PATCH', `/v1/subscriptions/${id}`, { enabled: false }), 200);
  expect((await zapier('POST', '/hooks', HOOK)).body).toEqual({ id });
  expect((await tenant.v1('GET', `/v1/subscriptions/${id}`)).body.disabledReason).toBeNull();
});

test.each([
  [{ hookUrl: undefined }, '/hookUrl'],
  [{ hookUrl: 'https://10.0.0.1/' }, '/hookUrl'],
  [{ trigger: 'pass.lost' }, '/trigger'],
  [{ trigger: 'pass.updated', dialect: 'passentry' }, '/trigger'],
  [{ templateId: 'unknown' }, '/templateId'],
  [{ dialect: 'vibes' }, '/dialect'],
])('Z-D1: %j is a problem that names the field', async (more, pointer) => {
  const stored = await api().stored();
  const answer = await zapier('POST', '/hooks', { ...HOOK, ...more });
  expect(answer).toMatchObject({ status: 422, body: { errors: [{ pointer }] } });
  expect(await api().stored()).toBe(stored);
});

test('Z-D1: an integration named Zapier that /v1 made is used', async () => {
  const input = { name: 'Zapier', dialect: 'vibes', options: { companyKey: 'acme' } };
  const { id } = await made(tenant.v1('POST', '/v1/integrations', input));
  const hook = await zapier('POST', '/hooks', { ...HOOK, trigger: 'pass.installed', dialect: 'vibes' });
  expect((await tenant.v1('GET', `/v1/subscriptions/${hook.body.id}`)).body.integrationId).toBe(id);
});

test('Z-D2: unsubscribing answers 200, also for what is gone or never was', async () => {
  const { id } = (await zapier('POST', '/hooks', HOOK)).body;
  for (const name of [id, id, 'nonsense', 'sub_0198c3f0-3c1e-7d2a-9f43-5b8a6d0e1c77']) {
    expect(await zapier('DELETE', `/hooks/${name}`)).toMatchObject({ status: 200, body: {} });
  }
  expect((await tenant.v1('GET', `/v1/subscriptions/${id}`)).status).toBe(404);
  const foreign = await tenantWithTemplate(api());
  const { id: theirs } = (await knockAt(api(), 'zapier', `Bearer ${foreign.key}`)('POST', '/hooks', HOOK)).body;
  expect((await zapier('DELETE', `/hooks/${theirs}`)).status).toBe(200);
  expect((await foreign.v1('GET', `/v1/subscriptions/${theirs}`)).status).toBe(200);
});

test('Z-D2: samples are up to three recent bodies in the live shape, newest first; without any, one sample', async () => {
  const path = '/samples?trigger=pass.created&templateId=loyalty';
  const sample = (await zapier('GET', path)).body;
  expect(sample).toMatchObject([{ type: 'pass.created', data: { pass: { id: 'sample-pass-id' } } }]);
  for (let number = 0; number < 4; number++) {
    const event = {
      type: 'pass.created',
      templateId: 'loyalty',
      occurredAt: '2026-03-01T12:00:00Z',
      pass: { id: `p-${number}`, genericProperties: { b: 1, 2: 'two' } },
    };
    await made(tenant.v1('POST', '/v1/events', event), 202);
  }
  const { body, text } = await zapier('GET', path);
  expect(body.map((one: { data: { pass: { id: string } } }) => one.data.pass.id)).toEqual(['p-3', 'p-2', 'p-1']);
  expect(text).toContain('"genericProperties":{');
  const { data } = (await tenant.v1('GET', '/v1/integrations')).body;
  expect(data).toEqual([]);
});

test('Z-D2: samples of a trigger that is derived, and of one that the dialect lacks', async () => {
  const event = {
    type: 'pass.installed',
    templateId: 'loyalty',
    occurredAt: '2026-03-01T12:00:00Z',
    pass: { id: 'p-1' },
    device: { platform: 'apple', installId: 'i-1' },
  };
  await made(tenant.v1('POST', '/v1/events', event), 202);
  const derived = await zapier('GET', '/samples?trigger=pass.first_installed&dialect=passcreator');
  expect(derived.body).toMatchObject([{ identifier: 'p-1', operatingSystem: 'iOS' }]);
  expect(await zapier('GET', '/samples?trigger=pass.updated&dialect=passentry')).toMatchObject({
    status: 422,
    body: { errors: [{ pointer: '/trigger' }] },
  });
  expect((await zapier('GET', '/samples')).body.errors).toMatchObject([{ pointer: '/trigger' }]);
});

test('Z-D3: a 410 ends the subscription', async () => {
  const { id } = (await zapier('POST', '/hooks', HOOK)).body;
  expect((await tenant.v1('GET', `/v1/subscriptions/${id}`)).body).toMatchObject({ onGone: 'end' });
});
