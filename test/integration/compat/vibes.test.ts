import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { toUuid } from '../../../src/domain/id.ts';
import { useApi } from '../api/api.ts';
import { made } from '../api/tenant-with-all.ts';
import { basic, type DoorCall, type DoorTenant, knockAt, tenantWithTemplate } from './door.ts';

const api = useApi();
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;
const DESTINATION = { url: 'https://93.184.216.34/hook', method: 'POST', content_type: 'application/json' };
const PATH = '/companies/acme/config/callbacks';

let tenant: DoorTenant;
let vibes: DoorCall;
let integrationId: string;

beforeEach(async () => {
  tenant = await tenantWithTemplate(api(), { vendor: { vibes: { campaignToken: 'r3zhm8' } } });
  vibes = knockAt(api(), 'vibes', basic(tenant.key, 'x'));
  const input = { name: 'Vibes', dialect: 'vibes', options: { companyKey: 'acme' } };
  ({ id: integrationId } = await made(tenant.v1('POST', '/v1/integrations', input)));
});

function fixture(name: string): { [name: string]: object } {
  return JSON.parse(readFileSync(join(import.meta.dirname, '../../fixtures/requests', name), 'utf8'));
}

function registration(more: object = {}): object {
  return {
    callback_type: 'wallet_item_install',
    wallet_item_install: { campaign_token: 'r3zhm8' },
    destination: DESTINATION,
    ...more,
  };
}

async function register(more: object = {}) {
  const answer = await vibes('POST', PATH, registration(more));
  expect(answer.status, answer.text).toBe(201);
  return answer.body;
}

test('V-D1: the company key names the integration; one that none has is 404; no second one has it', async () => {
  expect((await vibes('GET', PATH)).body).toEqual([]);
  expect(await vibes('GET', '/companies/other/config/callbacks')).toMatchObject({
    status: 404,
    body: { errors: [{ code: 1, message: expect.stringContaining('Company not found') }] },
  });
  const twin = await tenant.v1('POST', '/v1/integrations', {
    name: 'Twin',
    dialect: 'vibes',
    options: { companyKey: 'acme' },
  });
  expect(twin).toMatchObject({ status: 409, body: { errors: [{ pointer: '/options/companyKey' }] } });
  const { id } = await made(
    tenant.v1('POST', '/v1/integrations', { name: 'Two', dialect: 'vibes', options: { companyKey: 'two' } }),
  );
  const renamed = await tenant.v1('PATCH', `/v1/integrations/${id}`, { options: { companyKey: 'acme' } });
  expect(renamed).toMatchObject({ status: 409, body: { type: 'urn:passwire:problem:option-taken' } });
});

test('V-D1: of duplicates that were made before, the oldest answers, and they can be changed', async () => {
  const { id } = await made(
    tenant.v1('POST', '/v1/integrations', { name: 'Two', dialect: 'vibes', options: { companyKey: 'two' } }),
  );
  await api().sql.query(
    `UPDATE integrations SET options = jsonb_set(options::jsonb, '{companyKey}', '"acme"')::json WHERE id = $1`,
    [toUuid(id as never)],
  );
  const { callback_id } = await register();
  expect((await tenant.v1('GET', `/v1/subscriptions/${callback_id}`)).body.integrationId).toBe(integrationId);
  expect(await tenant.v1('PATCH', `/v1/integrations/${id}`, { options: { instants: 'asPublished' } })).toMatchObject({
    status: 200,
  });
});

test('V-D2, V-D12: the page’s registrations are taken as they are; register, list, get, update, cancel and test answer as Vibes does', async () => {
  const install = fixture('vibes-register-install.json');
  const remove = fixture('vibes-register-remove.json');
  const token = { campaign_token: 'r3zhm8' };
  const first = await vibes('POST', `${PATH}/`, { ...install, wallet_item_install: token }, { 'x-api-version': '2' });
  const second = await vibes('POST', PATH, { ...remove, wallet_item_remove: token }, { 'x-api-version': '1' });
  expect([first.status, second.status]).toEqual([201, 201]);
  const { callback_id: id } = first.body;
  expect(id).toMatch(/^sub_/);
  expect(Object.keys(first.body)).toEqual(Object.keys(fixture('vibes-registration.response.json')));
  expect(first.body).toEqual({
    ...fixture('vibes-registration.response.json'),
    callback_id: id,
    destination: install.destination,
    url: `/companies/acme/config/callbacks/${id}`,
    start_date: expect.stringMatching(INSTANT),
    created_at: expect.stringMatching(INSTANT),
    updated_at: expect.stringMatching(INSTANT),
  });
  expect((await vibes('GET', PATH)).body).toEqual([first.body, second.body]);
  expect((await vibes('GET', `${PATH}/${id}/`)).body).toEqual(first.body);
  expect((await vibes('PUT', `${PATH}/${id}`, registration())).status).toBe(200);
  expect((await vibes('GET', `${PATH}/sub_0198c3f0-3c1e-7d2a-9f43-5b8a6d0e1c77`)).status).toBe(404);
  expect((await vibes('GET', `${PATH}/11887`)).status).toBe(404);
});

test('V-D2: what the page has as a body of its own is refused as no JSON, with its fault', async () => {
  const commented = '{ // comment\n "callback_type": "wallet_item_install" }';
  expect(await vibes('POST', PATH, commented)).toMatchObject({
    status: 400,
    body: { errors: [{ code: 1, message: expect.stringContaining('not valid JSON') }] },
  });
});

test('V-D3: PUT replaces the destination and the dates; what is left out takes its default, the start stays', async () => {
  const { callback_id: id } = await register({
    destination: { ...DESTINATION, method: 'PUT', content_type: 'text/json' },
    start_date: '2030-01-01T00:00:00+01:00',
    end_date: '2031-01-01T00:00:00Z',
  });
  const replaced = await vibes('PUT', `${PATH}/${id}`, { destination: { url: 'https://93.184.216.34/other' } });
  expect(replaced).toMatchObject({
    status: 200,
    body: { destination: { ...DESTINATION, url: 'https://93.184.216.34/other' }, start_date: '2029-12-31T23:00:00Z' },
  });
  expect(replaced.body).not.toHaveProperty('end_date');
  const otherType = { callback_type: 'wallet_item_remove', destination: DESTINATION };
  expect((await vibes('PUT', `${PATH}/${id}`, otherType)).status).toBe(422);
  const otherCampaign = { wallet_item_install: { campaign_token: 'other' }, destination: DESTINATION };
  expect((await vibes('PUT', `${PATH}/${id}`, otherCampaign)).status).toBe(422);
  expect((await vibes('PUT', `${PATH}/${id}`, {})).body.errors[0].message).toContain('/destination');
  await vibes('DELETE', `${PATH}/${id}`);
  expect((await vibes('PUT', `${PATH}/${id}`, registration())).status).toBe(404);
});

test('V-D3: a callback whose end has passed cannot be replaced', async () => {
  const past = { startsAt: '2020-01-01T00:00:00Z', endsAt: '2021-01-01T00:00:00Z' };
  const { id } = await made(
    tenant.v1('POST', '/v1/subscriptions', {
      integrationId,
      templateId: tenant.templateId,
      trigger: 'pass.installed',
      url: DESTINATION.url,
      options: past,
    }),
  );
  expect((await vibes('PUT', `${PATH}/${id}`, registration())).status).toBe(404);
  expect((await vibes('GET', PATH)).body).toEqual([]);
  expect((await vibes('GET', `${PATH}/${id}`)).body).toMatchObject({ end_date: '2021-01-01T00:00:00Z' });
});

describe('V-D4', () => {
  test.each([
    [{ ...DESTINATION, url: `https://93.184.216.34/${'x'.repeat(1024)}` }, '/destination/url'],
    [{ ...DESTINATION, method: 'PATCH' }, '/destination/method'],
    [{ ...DESTINATION, content_type: 'text/plain' }, '/destination/content_type'],
    [{ ...DESTINATION, url: 'https://10.0.0.1/' }, '/destination/url'],
    [{ ...DESTINATION, url: 'ftp://93.184.216.34/' }, '/destination/url'],
    [{}, '/destination/url'],
  ])('V-D4: %# a destination outside the rules is 422 that names %s', async (destination, pointer) => {
    const stored = await api().stored();
    const answer = await vibes('POST', PATH, registration({ destination }));
    expect(answer).toMatchObject({ status: 422, body: { errors: [{ message: expect.stringContaining(pointer) }] } });
    expect(await api().stored()).toBe(stored);
  });

  test('V-D4: a type of a company has at most 50 active or future callbacks', async () => {
    for (let number = 0; number < 50; number++) {
      await register({ destination: { ...DESTINATION, url: `https://93.184.216.34/${number}` } });
    }
    const answer = await vibes('POST', PATH, registration());
    expect(answer).toMatchObject({ status: 422, body: { errors: [{ message: expect.stringContaining('50') }] } });
    const remove = { callback_type: 'wallet_item_remove', wallet_item_remove: { campaign_token: 'r3zhm8' } };
    expect((await vibes('POST', PATH, { ...remove, destination: DESTINATION })).status).toBe(201);
    const [{ callback_id }] = (await vibes('GET', PATH)).body;
    await vibes('DELETE', `${PATH}/${callback_id}`);
    expect((await vibes('POST', PATH, registration())).status).toBe(201);
  });
});

test.each([
  [{ callback_type: undefined }, 422, '/callback_type'],
  [{ callback_type: undefined, event_type: 'wallet_item_install' }, 201, ''],
  [{ event_type: 'wallet_item_remove' }, 422, '/event_type'],
  [{ callback_type: 'person_added' }, 422, 'wallet_item_install, wallet_item_remove'],
])('V-D5: either name of the type is enough, both are equal, others are refused: %j', async (more, status, message) => {
  const answer = await vibes('POST', PATH, registration(more));
  expect(answer.status, answer.text).toBe(status);
  expect(answer.text).toContain(message);
  if (status === 201)
    expect(answer.body).toMatchObject({ callback_type: 'wallet_item_install', event_type: 'wallet_item_install' });
});

test('V-D6: the campaign is named under either type; unequal or missing ones are refused', async () => {
  const remove = { callback_type: 'wallet_item_remove', destination: DESTINATION };
  const token = { campaign_token: 'r3zhm8' };
  const wrongName = await vibes('POST', PATH, { ...remove, wallet_item_install: token });
  expect(wrongName).toMatchObject({ status: 201, body: { wallet_item_remove: token } });
  expect(wrongName.body).not.toHaveProperty('wallet_item_install');
  const unequal = await vibes('POST', PATH, {
    ...remove,
    wallet_item_install: token,
    wallet_item_remove: { campaign_token: 'other' },
  });
  expect(unequal).toMatchObject({
    status: 422,
    body: { errors: [{ message: expect.stringContaining('campaign_token') }] },
  });
  expect((await vibes('POST', PATH, remove)).status).toBe(422);
});

test('V-D7: the token is the template’s campaignToken, else its externalId', async () => {
  await made(tenant.v1('POST', '/v1/templates', { name: 'Plain', externalId: 'plain' }));
  expect(await register({ wallet_item_install: { campaign_token: 'plain' } })).toMatchObject({
    wallet_item_install: { campaign_token: 'plain' },
  });
  const unknown = await vibes('POST', PATH, registration({ wallet_item_install: { campaign_token: 'unknown' } }));
  expect(unknown).toMatchObject({
    status: 422,
    body: { errors: [{ message: expect.stringContaining('/wallet_item_install/campaign_token') }] },
  });
});

test('V-D8, D5: the same type, campaign and address is 409 while the windows overlap, whatever the method', async () => {
  await register({ start_date: '2030-01-01T00:00:00Z', end_date: '2030-02-01T00:00:00Z' });
  const again = {
    start_date: '2030-01-15T00:00:00Z',
    destination: { url: 'HTTPS://93.184.216.34:443/x/../hook', method: 'PUT' },
  };
  const answer = await vibes('POST', PATH, registration(again));
  expect(answer).toMatchObject({ status: 409, body: { errors: [{ message: expect.stringContaining('sub_') }] } });
  const apart = await register({ ...again, start_date: '2030-02-01T00:00:00Z' });
  expect(apart.destination.url).toBe('HTTPS://93.184.216.34:443/x/../hook');
});

test('V-D9: dates are answered to the second in UTC; an end before the start is refused', async () => {
  const { start_date, end_date } = await register({
    start_date: '2030-01-01T00:00:00.750+02:00',
    end_date: '2030-06-01T12:00:00Z',
  });
  expect({ start_date, end_date }).toEqual({ start_date: '2029-12-31T22:00:00Z', end_date: '2030-06-01T12:00:00Z' });
  for (const dates of [
    { start_date: '2030-01-01T00:00:00Z', end_date: '2029-01-01T00:00:00Z' },
    { end_date: '2020-01-01T00:00:00Z' },
    { start_date: '2030-01-01' },
  ]) {
    expect((await vibes('POST', PATH, registration(dates))).status).toBe(422);
  }
});

test('V-D10: DELETE ends a callback now; again changes nothing; it can still be read and registered anew', async () => {
  const { callback_id: id } = await register({ start_date: '2030-01-01T00:00:00Z' });
  const ended = await vibes('DELETE', `${PATH}/${id}`);
  expect(ended).toMatchObject({ status: 200, body: { callback_id: id, end_date: expect.stringMatching(INSTANT) } });
  expect(ended.body.start_date).toBe(ended.body.end_date);
  expect((await vibes('DELETE', `${PATH}/${id}`)).body).toEqual(ended.body);
  expect((await vibes('GET', `${PATH}/${id}`)).body).toEqual(ended.body);
  expect((await vibes('GET', PATH)).body).toEqual([]);
  expect((await tenant.v1('GET', `/v1/subscriptions/${id}`)).status).toBe(404);
  await register({ start_date: '2030-01-01T00:00:00Z' });
});

test('V-D11: a test goes to every active callback of the type, marked as a test', async () => {
  const none = await vibes('POST', '/companies/acme/config/callback_events/test', { callback_type: 'wallet_item_install' });
  expect(none.status).toBe(404);
  await register();
  await register({ destination: { ...DESTINATION, url: 'https://93.184.216.34/second' } });
  await register({
    destination: { ...DESTINATION, url: 'https://93.184.216.34/later' },
    start_date: '2030-01-01T00:00:00Z',
  });
  const sent = await vibes('POST', '/companies/acme/config/callback_events/test', { event_type: 'wallet_item_install' });
  expect(sent).toMatchObject({
    status: 201,
    body: { message: 'Test event queued', event_id: expect.stringMatching(/^[0-9a-f-]{36}$/) },
  });
  const { data } = (await tenant.v1('GET', '/v1/deliveries?test=true')).body;
  expect(data).toHaveLength(2);
  expect(data.map(({ eventId }) => eventId)).toContain(`evt_${sent.body.event_id}`);
});

test('D3: what /v1 made is shown when it is of one template, else not', async () => {
  const make = (templateId: string | null, url: string) =>
    made(tenant.v1('POST', '/v1/subscriptions', { integrationId, templateId, trigger: 'pass.installed', url }));
  const { id } = await make(tenant.templateId, 'https://93.184.216.34/one');
  const { id: toAll } = await make(null, 'https://93.184.216.34/all');
  expect((await vibes('GET', PATH)).body.map((callback: { callback_id: string }) => callback.callback_id)).toEqual([id]);
  expect((await vibes('GET', `${PATH}/${toAll}`)).status).toBe(404);
});

test('D7: a registration with an Idempotency-Key is made once', async () => {
  const headers = { 'idempotency-key': 'once' };
  const first = await vibes('POST', PATH, registration(), headers);
  const again = await vibes('POST', PATH, registration(), headers);
  expect([first.status, again.status]).toEqual([201, 201]);
  expect(again.body).toEqual(first.body);
  expect(again.headers.get('idempotency-replayed')).toBe('true');
});
