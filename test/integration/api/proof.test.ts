import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { verifyWebhook } from '../../../cli/verify-webhook.ts';
import { useApi } from './api.ts';
import { installed, made, tenantWithAll } from './tenant-with-all.ts';

const api = useApi();
const BODY = '{"pass-id":"pass-1"}';
const SHA256 = createHash('sha256').update(BODY).digest('hex');

/** A tenant whose delivery was accepted. */
async function delivered() {
  const all = await tenantWithAll(api());
  const uuid = all.ids.delivery?.slice(4);
  const outcome = {
    kind: 'response',
    status: 200,
    headers: {},
    body: { text: 'ok', truncated: false },
    remoteAddress: '127.0.0.1',
    timings: { totalMs: 182 },
  };
  await api().sql.query(
    `UPDATE attempts SET outcome = $2, verdict = 'delivered', started_at = '2026-03-01T10:07:14Z' WHERE delivery_id = $1`,
    [uuid, JSON.stringify(outcome)],
  );
  await api().sql.query(`UPDATE deliveries SET state = 'succeeded', last_status = 200 WHERE id = $1`, [uuid]);
  const prove = (query: string, with_ = all.call) => with_('GET', `/v1/events/${all.ids.event}/proof?${query}`);
  return { ...all, prove };
}

test('states that an event was delivered: when, with which body, and how it was answered', async () => {
  const { id, ids, prove } = await delivered();
  const expected = {
    type: 'passwire.proof',
    tenantId: id,
    delivered: true,
    event: { id: ids.event, type: 'pass.installed', passId: 'pass-1' },
    deliveries: [
      {
        id: ids.delivery,
        acceptedAt: '2026-03-01T10:07:14.000Z',
        body: { bytes: BODY.length, sha256: SHA256, text: null },
        attempts: [{ number: 1, status: 200, failure: null, totalMs: 182 }],
      },
    ],
    notSent: [],
  };
  for (const query of [
    `subscriptionId=${ids.subscription}`,
    `endpointId=${ids.endpoint}`,
    `url=${encodeURIComponent('HTTP://127.0.0.1:9/x/../hook')}`,
  ]) {
    expect(await made(prove(query), 200)).toMatchObject(expected);
  }
  const { statement } = await made(prove(`subscriptionId=${ids.subscription}`), 200);
  expect(statement).toContain(
    `a body of 20 bytes (SHA-256 ${SHA256}), was answered 200 on 1 Mar 2026, 10:07:14 UTC, after 182 ms.`,
  );
  expect(await made(prove(`subscriptionId=${ids.subscription}&include=body`), 200)).toMatchObject({
    deliveries: [{ body: { text: BODY } }],
  });
});

test('states that it was not: attempts without acceptance, or no delivery, and why', async () => {
  const { call, ids } = await tenantWithAll(api());
  const failed = await made(call('GET', `/v1/events/${ids.event}/proof?subscriptionId=${ids.subscription}`), 200);
  expect(failed).toMatchObject({ delivered: false, deliveries: [{ state: 'dead', acceptedAt: null }], notSent: [] });
  expect(failed.statement).toContain('is dead, 1 attempt was made, none was accepted');

  const other = {
    integrationId: ids.integration,
    templateId: ids.template,
    trigger: 'pass.updated',
    url: 'http://127.0.0.1:9/b',
  };
  const later = await made(call('POST', '/v1/subscriptions', other));
  expect(await made(call('GET', `/v1/events/${ids.event}/proof?subscriptionId=${later.id}`), 200)).toMatchObject({
    delivered: false,
    deliveries: [],
    notSent: [{ subscriptionId: later.id, code: 'made-later' }],
    statement: expect.stringContaining('there is no delivery of it. The subscription was made on'),
  });
  const event = await made(call('POST', '/v1/events', installed('pass-9')), 202);
  expect(await made(call('GET', `/v1/events/${event.id}/proof?endpointId=${later.endpointId}`), 200)).toMatchObject({
    notSent: [{ subscriptionId: later.id, code: 'other-trigger' }],
  });
});

test.each([
  ['v1', 'webhook', undefined],
  ['v1a', 'webhook-ed25519', 'publicKey'],
] as const)(
  'signed with the key of the integration, %s: verify accepts it at any age, and no other bytes',
  async (_version, kind, member) => {
    const { ids, call, prove } = await delivered();
    const rotated = (await made(
      call('POST', `/v1/integrations/${ids.integration}/rotate-secret`, { kind }),
      200,
    )) as unknown as {
      secrets: readonly { kind: string; value?: string; publicKey?: string }[];
    };
    const found = rotated.secrets.find((secret) => secret.kind === kind && (secret.value || member));
    const secret = (member ? found?.[member] : found?.value) ?? '';
    const { headers, text } = await prove(`subscriptionId=${ids.subscription}&sign=true`);
    expect(headers.get('webhook-id')).toMatch(/^proof_/);
    const check = (body: string) =>
      verifyWebhook({ headers: new Map(headers), body, secret, nowMs: Date.now() + 365 * 86_400_000, toleranceS: 300 });
    expect(check(text)).toEqual([
      { ok: true, detail: expect.stringMatching(/^it is a proof, stated at 20/) },
      { ok: true, detail: expect.any(String) },
    ]);
    expect(check(text.replace('"delivered":true', '"delivered":false')).some(({ ok }) => !ok)).toBe(true);
  },
);

test('without a target, anywhere', async () => {
  const { call, ids, prove } = await delivered();
  expect(await made(prove('sign=true'), 200)).toMatchObject({
    delivered: true,
    to: { subscriptionId: null, endpointId: null, url: null },
    deliveries: [{ id: ids.delivery }],
    statement: expect.stringContaining('was delivered: to http://127.0.0.1:9/hook, webhook-id msg_'),
  });
  const event = await made(call('POST', '/v1/events', { ...installed('pass-8'), type: 'pass.created' }), 202);
  expect(await made(call('GET', `/v1/events/${event.id}/proof`), 200)).toMatchObject({
    delivered: false,
    statement: expect.stringContaining(
      'was not sent: there is no delivery of it. When it was accepted, no subscription has its trigger.',
    ),
  });
});

test('what cannot be asked', async () => {
  const { ids, prove, id } = await delivered();
  const both = await prove(`subscriptionId=${ids.subscription}&endpointId=${ids.endpoint}`);
  expect(both).toMatchObject({ status: 422, body: { errors: [{ pointer: '/subscriptionId' }] } });
  expect((await prove('url=https://nobody.example/')).status).toBe(404);
  const theirs = await tenantWithAll(api());
  expect((await prove(`subscriptionId=${theirs.ids.subscription}`)).status).toBe(404);
  expect((await prove(`subscriptionId=${ids.subscription}`, theirs.call)).status).toBe(404);
  const other = await made(theirs.call('POST', '/v1/integrations', { name: 'other', dialect: 'walletthat' }));
  const names = { integrationId: other.id, templateId: theirs.ids.template, trigger: 'pass.installed' };
  await made(theirs.call('POST', '/v1/subscriptions', { ...names, url: 'http://127.0.0.1:9/hook' }));
  const signed = await theirs.call('GET', `/v1/events/${theirs.ids.event}/proof?url=http://127.0.0.1:9/hook&sign=true`);
  expect(signed).toMatchObject({ status: 422, body: { errors: [{ pointer: '/sign' }] } });
  const producer = api().with((await api().makeKey('producer', id)).key);
  expect((await prove(`subscriptionId=${ids.subscription}`, producer)).status).toBe(403);
});
