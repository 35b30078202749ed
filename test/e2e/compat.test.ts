import { createHmac, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { usePasswire } from '../support/passwire.ts';

const FIXTURES = join(import.meta.dirname, '..', 'fixtures');
const passwire = usePasswire();

function fixture<T = { [name: string]: unknown }>(...path: string[]): T {
  return JSON.parse(readFileSync(join(FIXTURES, ...path), 'utf8')) as T;
}

interface Config {
  readonly template: { readonly [name: string]: unknown };
  readonly integration: { readonly options?: { readonly companyKey?: string } };
}

/** A tenant with the template of a vendor's fixtures; its key is all that a vendor's script has of us. */
async function tenantOf(vendor: string) {
  const tenant = await passwire().makeTenant();
  const { template, integration } = fixture<Config>(vendor, 'config.json');
  const { id: _ours, ...input } = template;
  await tenant.makeTemplate({ ...input, externalId: template.externalId });
  const { key } = await passwire().admin.ok<{ key: string }>('POST', '/v1/api-keys', {
    name: 'script',
    role: 'tenant',
    tenantId: tenant.tenantId,
  });
  const call = async (authorization: string, method: string, path: string, body?: unknown) => {
    const response = await fetch(`${passwire().api.url}/compat/${vendor}${path}`, {
      method,
      headers: { authorization, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
  };
  const path = `/${tenant.tenantId}/hook`;
  return { tenant, key, call, integration, path, url: passwire().receiver.url(path) };
}

test.each([
  ['vibes-register-install.json', 'wallet_item_install'],
  ['vibes-register-remove.json', 'wallet_item_remove'],
])('Vibes: register by the page’s body, %s, and receive the event byte for byte', async (file, type) => {
  const { tenant, key, call, integration, url, path } = await tenantOf('vibes');
  const { companyKey = '' } = integration.options ?? {};
  await tenant.makeIntegration({ dialect: 'vibes', options: { companyKey } });
  const basic = `Basic ${Buffer.from(`${key}:unused`).toString('base64')}`;
  const { token } = fixture<{ wallet_campaign: { token: string } }>('vibes', `${type}.json`).wallet_campaign;
  // the page's body; address and token are placeholders there
  const body = fixture<{ destination: object }>('requests', file);
  const filled = {
    ...body,
    [type]: { campaign_token: token },
    destination: { ...body.destination, url: `${url}/${type}` },
  };
  const answer = await call(basic, 'POST', `/companies/${companyKey}/config/callbacks/`, filled);
  expect(answer).toMatchObject({ status: 201, body: { callback_type: type } });
  await tenant.emit(fixture('vibes', `${type}.event.json`));
  const [request] = await passwire().receiver.waitFor(`${path}/${type}`);
  expect(request?.text).toBe(JSON.stringify(fixture('vibes', `${type}.json`)));
});

test('Passcreator: subscribe by the page’s body, fetch the key, receive a signed event byte for byte, unsubscribe', async () => {
  const { tenant, key, call, url, path } = await tenantOf('passcreator');
  const body = { ...fixture('requests', 'passcreator-subscribe.json'), target_url: url };
  expect(await call(key, 'POST', '/api/hook/subscribe', body)).toMatchObject({ status: 201 });
  await tenant.emit(fixture('passcreator', 'pass_created.event.json'));
  const [request] = await passwire().receiver.waitFor(path);
  const { signature, signedData, ...rest } = JSON.parse(request?.text ?? '') as { [name: string]: string };
  expect(signedData).toBe(JSON.stringify(fixture('passcreator', 'pass_created.json')));
  expect(JSON.stringify(rest)).toBe(signedData);
  const { publicKey } = (await call(key, 'GET', '/api/hook/publickey')).body;
  expect(verify('sha1', Buffer.from(signedData ?? ''), publicKey, Buffer.from(signature ?? '', 'hex'))).toBe(true);
  expect(await call(key, 'POST', '/api/hook/unsubscribe', { target_url: url })).toMatchObject({ status: 200 });
  expect((await call(key, 'GET', '/api/hook/list')).body).toEqual([]);
});

test('PassEntry: create, receive an event byte for byte, signed with the secret of the answer, and with the rotated one', async () => {
  const { tenant, key, call, url, path } = await tenantOf('passentry');
  const bearer = `Bearer ${key}`;
  const wrapped = { webhookSubscription: { url, enabled: true, subscribedEvents: ['passInstalled', 'passRemoved'] } };
  const created = await call(bearer, 'POST', '/api/v1/webhook-subscriptions', wrapped);
  expect(created.status).toBe(201);
  const { id, attributes } = created.body.data;
  const rotated = await call(bearer, 'PATCH', `/api/v1/webhook-subscriptions/${id}/rotate-secret`);
  expect(rotated.body.attributes.secretKey).not.toBe(attributes.secretKey);
  for (const [number, name] of ['passInstalled', 'passRemoved'].entries()) {
    await tenant.emit(fixture('passentry', `${name}.event.json`));
    const request = (await passwire().receiver.waitFor(path, number + 1)).at(-1);
    expect(request?.text).toBe(JSON.stringify(fixture('passentry', `${name}.json`)));
    const signature = createHmac('sha256', rotated.body.attributes.secretKey).update(request?.body ?? '');
    expect(request?.headers['x-webhook-signature']).toBe(signature.digest('hex'));
  }
});

test('Zapier: samples, subscribe, receive what the samples show, end by a 410', async () => {
  const tenant = await passwire().makeTenant();
  await tenant.makeTemplate({ externalId: 'loyalty' });
  const { receiver } = passwire();
  const path = `/${tenant.tenantId}/zap`;
  const samples = '/compat/zapier/samples?trigger=pass.created&templateId=loyalty';
  const [sample] = await tenant.ok<object[]>('GET', samples);
  expect(sample).toMatchObject({ type: 'pass.created' });
  const { id } = await tenant.ok<{ id: string }>('POST', '/compat/zapier/hooks', {
    hookUrl: receiver.url(path),
    trigger: 'pass.created',
    templateId: 'loyalty',
  });
  const event = (passId: string) => ({
    type: 'pass.created',
    templateId: 'loyalty',
    occurredAt: '2026-03-01T12:00:00Z',
    pass: { id: passId },
  });
  await tenant.emit(event('first'));
  const [request] = await receiver.waitFor(path);
  expect(await tenant.ok<object[]>('GET', samples)).toEqual([JSON.parse(request?.text ?? '')]);
  receiver.answer(path, { status: 410 });
  await tenant.emit(event('second'));
  await receiver.waitFor(path, 2);
  await expect
    .poll(async () => (await tenant.call('GET', `/v1/subscriptions/${id}`)).status, { timeout: 20_000 })
    .toBe(404);
});

test('P-D7: a deletion on our side is told by one DELETE, retried by the standard schedule; one by the receiver is not', async () => {
  const { tenant, key, call, url } = await tenantOf('passcreator');
  const { receiver } = passwire();
  const subscribe = async (own: string, event: string): Promise<string> => {
    const body = { target_url: url, event, subscription_url: receiver.url(`/${tenant.tenantId}${own}`) };
    return (await call(key, 'POST', '/api/hook/subscribe', body)).body.id;
  };
  const first = await subscribe('/own/first', 'pass_created');
  await subscribe('/own/second', 'pass_updated');
  await subscribe('/own/third', 'pass_voided');
  const told = (name: string) => receiver.at(`/${tenant.tenantId}/own/${name}`);

  await tenant.ok('DELETE', `/v1/subscriptions/${first}`);
  const [request] = await receiver.waitFor(`/${tenant.tenantId}/own/first`);
  expect(request).toMatchObject({ method: 'DELETE', text: '' });
  expect(request?.headers['webhook-id']).toMatch(/^msg_/);
  expect(request?.headers).not.toHaveProperty('webhook-signature');
  expect(request?.headers).not.toHaveProperty('content-type');
  const log = async () =>
    (await tenant.ok<{ data: { kind: string; state: string; subscriptionId: string }[] }>('GET', '/v1/deliveries')).data;
  await expect
    .poll(log, { timeout: 20_000 })
    .toMatchObject([{ kind: 'unsubscribe', state: 'succeeded', subscriptionId: first }]);

  await call(key, 'POST', '/api/hook/unsubscribe', { subscription_url: receiver.url(`/${tenant.tenantId}/own/second`) });
  // an address that fails at first; the integration goes, and with it the third subscription
  receiver.answer(`/${tenant.tenantId}/own/third`, { status: 500 }, { status: 404 });
  const { data } = await tenant.ok<{ data: { id: string }[] }>('GET', '/v1/integrations');
  await tenant.ok('DELETE', `/v1/integrations/${data[0]?.id}`);
  await receiver.waitFor(`/${tenant.tenantId}/own/third`, 2);
  await expect.poll(log, { timeout: 20_000 }).toMatchObject([{ kind: 'unsubscribe', state: 'succeeded' }, {}]);
  const ids = told('third').map(({ headers }) => headers['webhook-id']);
  expect(new Set(ids).size).toBe(1);
  expect(told('second')).toEqual([]);
  expect((await tenant.ok<{ data: object[] }>('GET', '/v1/dead-letters')).data).toEqual([]);
});
