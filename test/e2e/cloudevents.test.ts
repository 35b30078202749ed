import { Webhook } from 'standardwebhooks';
import { expect, test } from 'vitest';
import { usePasswire } from '../support/passwire.ts';

const passwire = usePasswire();
const ORIGIN = 'webhooks.example.com';

async function prepare(options: object, more: object = {}) {
  const tenant = await passwire().makeTenant();
  const templateId = await tenant.makeTemplate({ externalId: 'loyalty' });
  const { id: integrationId, secrets } = await tenant.makeIntegration({ dialect: 'cloudevents', options, ...more });
  const path = `/${tenant.tenantId}/events`;
  const trigger = 'pass.created';
  const subscriptionId = await tenant.subscribe({ integrationId, templateId, trigger, url: passwire().receiver.url(path) });
  const emit = () =>
    tenant.emit({ type: trigger, templateId: 'loyalty', occurredAt: '2026-03-01T12:00:00Z', pass: { id: 'pas_1' } });
  return { tenant, integrationId, subscriptionId, secrets, path, emit };
}

test('binary mode: attributes are headers, the body is the data and is signed; the log shows what was sent', async () => {
  const { tenant, secrets, path, emit } = await prepare({ mode: 'binary' });
  const eventId = await emit();
  const [request] = await passwire().receiver.waitFor(path);
  expect(request?.headers).toMatchObject({
    'content-type': 'application/json',
    'ce-specversion': '1.0',
    'ce-id': eventId,
    'ce-source': `/tenants/${tenant.tenantId}`,
    'ce-type': 'pass.created',
    'ce-subject': 'pas_1',
    'ce-time': '2026-03-01T12:00:00.000Z',
  });
  expect(JSON.parse(request?.text ?? '')).toMatchObject({ eventId, pass: { id: 'pas_1' } });
  const secret = secrets.find(({ kind }) => kind === 'webhook')?.value ?? '';
  expect(new Webhook(secret).verify(request?.text ?? '', request?.headers as Record<string, string>)).toBeTruthy();
  const { data } = await tenant.ok<{ data: { id: string }[] }>('GET', '/v1/deliveries');
  const shown = await tenant.ok<{ request: { body: string } }>('GET', `/v1/deliveries/${data[0]?.id}`);
  expect(shown.request.body).toBe(request?.text);
});

test('verification: nothing is sent before the endpoint agrees; then every request names the sender, and nobody asks again', async () => {
  const policy = { policy: { retryDelaysMs: [300, 300, 300, 300, 300, 300] } };
  const { tenant, path, emit } = await prepare({ verification: 'cloudevents', origin: ORIGIN }, policy);
  const { receiver } = passwire();
  const agreed = { status: 204, headers: { 'webhook-allowed-origin': ORIGIN } };
  receiver.answer(path, { status: 200 }, { status: 200, headers: { 'webhook-allowed-origin': 'other' } }, agreed, {
    status: 200,
  });
  await emit();
  const requests = await receiver.waitFor(path, 4, { withinMs: 60_000 });
  expect(requests.map(({ method }) => method)).toEqual(['OPTIONS', 'OPTIONS', 'OPTIONS', 'POST']);
  expect(requests.map(({ headers }) => headers['webhook-request-origin'])).toEqual(Array(4).fill(ORIGIN));
  await emit();
  expect((await receiver.waitFor(path, 5)).at(-1)?.method).toBe('POST');
  const { data } = await tenant.ok<{ data: { id: string }[] }>('GET', '/v1/deliveries');
  const first = await tenant.delivery(data.at(-1)?.id ?? '');
  expect(first.attempts[0]).toMatchObject({ verdict: 'retryable', outcome: { kind: 'unbuildable' } });
  expect(JSON.stringify(first.attempts[0])).toContain('WebHook-Allowed-Origin');
});
