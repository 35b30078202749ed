import { Webhook } from 'standardwebhooks';
import { beforeAll, expect, test } from 'vitest';
import { useApi } from './api.ts';
import { installed, made, type TenantWithAll, tenantWithAll } from './tenant-with-all.ts';

const api = useApi();
let tenant: TenantWithAll;

beforeAll(async () => {
  tenant = await tenantWithAll(api());
});

/** A new integration with a subscription, and the only delivery of an event to it. */
async function givenDelivery(
  integration: object = {},
  event = installed('pass-r', { occurredAt: '2026-02-01T00:00:00Z' }),
) {
  const { call } = await api().tenant();
  const template = await made(call('POST', '/v1/templates', { name: 'Loyalty', externalId: 'loyalty' }));
  const input = { name: 'receiver', dialect: 'walletthat', ...integration };
  const { id: integrationId, secrets } = await made(call('POST', '/v1/integrations', input));
  const url = 'http://127.0.0.1:9/requested';
  const subscription = await made(call('POST', '/v1/subscriptions', { integrationId, trigger: 'pass.installed', url }));
  const accepted = await made(call('POST', '/v1/events', event), 202);
  const { data } = await made(call('GET', `/v1/deliveries?eventId=${accepted.id}`), 200);
  const path = `/v1/deliveries/${data[0]?.id}/request`;
  return { call, path, subscription, template, secret: secrets[0]?.value ?? '', delivery: data[0] };
}

test('is composed before an attempt has built it, signed, under the webhook-id of the delivery', async () => {
  const { call, path, secret, delivery } = await givenDelivery({ headers: { 'x-api-key': 'a-credential' } });
  const request = await made(call('GET', path), 200);
  expect(request).toMatchObject({
    method: 'POST',
    url: 'http://127.0.0.1:9/requested',
    headers: { 'webhook-id': delivery?.messageId, 'x-api-key': '***' },
    blanked: ['x-api-key'],
  });
  const headers = request.headers as Record<string, string>;
  expect(() => new Webhook(secret).verify(String(request.body), headers)).not.toThrow();
  expect(JSON.parse(String(request.body))).toMatchObject({ 'pass-id': 'pass-r' });
  expect(JSON.stringify(request)).not.toContain('a-credential');
  const { attemptCount } = await made(call('GET', path.replace('/request', '')), 200);
  expect(attemptCount).toBe(0);
});

test('has the bytes that were sent before', async () => {
  const request = await made(tenant.call('GET', `/v1/deliveries/${tenant.ids.delivery}/request`), 200);
  expect(request.body).toBe('{"pass-id":"pass-1"}');
});

test('is composed while the subscription is disabled, and not when it was deleted', async () => {
  const { call, path, subscription } = await givenDelivery();
  await made(call('PATCH', `/v1/subscriptions/${subscription.id}`, { enabled: false }), 200);
  await made(call('GET', path), 200);
  await made(call('DELETE', `/v1/subscriptions/${subscription.id}`), 204);
  const { status, body } = await call('GET', path);
  expect([status, body.type]).toEqual([409, 'urn:passwire:problem:subscription-gone']);
});

test('is shown to nobody else: no other tenant, and no support', async () => {
  const { path } = await givenDelivery();
  expect((await tenant.call('GET', path)).status).toBe(404);
  const support = api().with((await api().makeKey('support', tenant.id)).key);
  expect((await support('GET', `/v1/deliveries/${tenant.ids.delivery}/request`)).status).toBe(403);
});

test('an event that the dialect cannot express is 422 with the reason', async () => {
  const other = installed('pass-r', { device: { platform: 'other', os: 'Tizen', installId: 'device-1' } });
  const { call, path } = await givenDelivery({ dialect: 'vibes', options: { companyKey: 'acme' } }, other);
  const { status, body } = await call('GET', path);
  expect([status, body.type]).toEqual([422, 'urn:passwire:problem:unbuildable']);
});
