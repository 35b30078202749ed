import { createHmac } from 'node:crypto';
import { beforeAll, expect, test } from 'vitest';
import type { Call } from './api.ts';
import { useApi } from './api.ts';
import { made } from './tenant-with-all.ts';

const api = useApi();
const STRIPE = { format: 'timestamped', header: 'Stripe-Signature' };
let call: Call;

beforeAll(async () => {
  ({ call } = await api().tenant());
  await made(call('POST', '/v1/templates', { name: 'Loyalty' }));
});

const create = (more: object) => call('POST', '/v1/integrations', { name: 'CRM', dialect: 'standard', ...more });

async function previewOf(integrationId: string) {
  const preview = await made(call('POST', '/v1/subscriptions/preview', { integrationId, trigger: 'pass.created' }), 200);
  return preview as never as { headers: Record<string, string>; body: string };
}

test('a brought secret is never returned, and signs: the preview shows a valid signature', async () => {
  const answer = await create({ signature: STRIPE, secrets: { signature: { text: 'whsec_of_stripe' } } });
  expect(answer.status, answer.text).toBe(201);
  expect(answer.text).not.toContain('whsec_of_stripe');
  const secret = answer.body.secrets.find(({ kind }) => kind === 'signature');
  expect(secret).not.toHaveProperty('value');
  const { headers, body } = await previewOf(answer.body.id);
  const [, seconds, signature] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(headers['Stripe-Signature'] ?? '') ?? [];
  expect(signature).toBe(createHmac('sha256', 'whsec_of_stripe').update(`${seconds}.${body}`).digest('hex'));
  expect(headers['webhook-signature']).toMatch(/^v1,/);
});

test('a generated secret is shown once, as the base64 of its bytes', async () => {
  const { body } = await create({ signature: { format: 'plain', header: 'X-Own' } });
  const value = body.secrets.find(({ kind }) => kind === 'signature')?.value ?? '';
  const { headers, body: sent } = await previewOf(body.id);
  expect(headers['X-Own']).toBe(createHmac('sha256', Buffer.from(value, 'base64')).update(sent).digest('hex'));
  expect((await call('GET', `/v1/integrations/${body.id}`)).text).not.toContain(value);
});

test('two secrets overlap during a rotation where the form has room for two', async () => {
  const { body } = await create({ signature: STRIPE, secrets: { signature: { text: 'first' } } });
  const rotation = { kind: 'signature', overlapHours: 2, secret: { text: 'second' } };
  expect((await call('POST', `/v1/integrations/${body.id}/rotate-secret`, rotation)).status).toBe(200);
  const { headers, body: sent } = await previewOf(body.id);
  const [time = '', ...signatures] = (headers['Stripe-Signature'] ?? '').split(',');
  const expected = ['second', 'first'].map((secret) =>
    createHmac('sha256', secret)
      .update(`${time.slice(2)}.${sent}`)
      .digest('hex'),
  );
  expect(signatures).toEqual(expected.map((signature) => `v1=${signature}`));

  const plain = await create({ signature: { format: 'plain', header: 'X-Own' } });
  const path = `/v1/integrations/${plain.body.id}/rotate-secret`;
  expect(await call('POST', path, { kind: 'signature', overlapHours: 1 })).toMatchObject({
    status: 422,
    body: { errors: [{ pointer: '/overlapHours' }] },
  });
  expect((await call('POST', path, { kind: 'signature' })).status).toBe(200);
});

test('a signature that is set later has no header until it has a secret, and says so', async () => {
  const { body } = await create({});
  const path = `/v1/integrations/${body.id}`;
  expect(await call('POST', `${path}/rotate-secret`, { kind: 'signature' })).toMatchObject({
    status: 422,
    body: { errors: [{ pointer: '/kind' }] },
  });
  const patched = await call('PATCH', path, { signature: { format: 'svix' } });
  expect(patched.body.warnings).toMatchObject([{ pointer: '/signature' }]);
  expect((await previewOf(body.id)).headers).not.toHaveProperty('svix-signature');
  const rotated = await call('POST', `${path}/rotate-secret`, {
    kind: 'signature',
    secret: { whsec: 'whsec_AAECAwQFBgcICQ==' },
  });
  expect(rotated.body.warnings).toEqual([]);
  expect((await previewOf(body.id)).headers['svix-signature']).toMatch(/^v1,/);
  expect((await call('PATCH', path, { signature: null })).body.signature).toBeNull();
  expect((await previewOf(body.id)).headers).not.toHaveProperty('svix-signature');
});

test.each([
  [{ signature: { format: 'plain', header: 'Webhook-Signature' } }, '/signature/header'],
  [{ signature: { format: 'svix', stem: 'webhook' } }, '/signature/stem'],
  [{ signature: STRIPE, headers: { 'stripe-signature': 'x' } }, '/signature/header'],
  [{ signature: { format: 'plain' } }, '/signature/header'],
  [{ secrets: { signature: { text: 'x' } } }, '/secrets/signature'],
  [{ signature: STRIPE, secrets: { signature: { hex: 'x' } } }, '/secrets/signature/hex'],
])('%j is refused at %s', async (more, pointer) => {
  const stored = await api().stored();
  const answer = await create(more);
  expect(answer, answer.text).toMatchObject({ status: 422, body: { errors: [{ pointer }] } });
  expect(await api().stored()).toBe(stored);
});

test('a secret is brought only for the own signature', async () => {
  const { body } = await create({});
  const rotation = { kind: 'webhook', secret: { text: 'x' } };
  expect(await call('POST', `/v1/integrations/${body.id}/rotate-secret`, rotation)).toMatchObject({
    status: 422,
    body: { errors: [{ pointer: '/secret' }] },
  });
});

test('an extra header cannot take the name of the signature later', async () => {
  const { body } = await create({ signature: STRIPE });
  expect(await call('PATCH', `/v1/integrations/${body.id}`, { headers: { 'Stripe-signature': 'x' } })).toMatchObject({
    status: 422,
    body: { errors: [{ pointer: '/signature/header' }] },
  });
});
