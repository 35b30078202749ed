import { beforeAll, expect, test } from 'vitest';
import { toId, toUuid } from '../../../src/domain/id.ts';
import { createSubscriptionStore } from '../../../src/store/configuration/subscriptions.ts';
import { useDatabase } from '../../support/database.ts';
import { givenDelivery, givenIntegration, givenSubscription, givenTenant, statesOf } from '../store/samples.ts';
import type { Call } from './api.ts';
import { useApi } from './api.ts';
import { made } from './tenant-with-all.ts';

const api = useApi();
let call: Call;
let keyId: string;
let integrationId: string;
let templateId: string;

beforeAll(async () => {
  const { id: tenantId } = await api().tenant();
  const key = await api().makeKey('tenant', tenantId);
  [call, keyId] = [api().with(key.key), key.id];
  ({ id: integrationId } = await made(call('POST', '/v1/integrations', { name: 'CRM', dialect: 'standard' })));
  ({ id: templateId } = await made(call('POST', '/v1/templates', { name: 'Loyalty' })));
});

let number = 0;
async function subscribe(more: object) {
  number += 1;
  const url = `http://127.0.0.1:9/${number}`;
  const { id } = await made(
    call('POST', '/v1/subscriptions', { integrationId, templateId, trigger: 'pass.updated', url, ...more }),
  );
  return {
    id,
    patch: async (body: object) => made(call('PATCH', `/v1/subscriptions/${id}`, body), 200),
    deliveries: async () => (await call('GET', `/v1/deliveries?subscriptionId=${id}`)).body.data,
  };
}

async function post(passId = 'p') {
  const event = { type: 'pass.updated', templateId, occurredAt: '2026-03-01T12:00:00Z', pass: { id: passId } };
  await made(call('POST', '/v1/events', event), 202);
}

test.each(['none', 'pass'])(
  'with order %s, what waits and what comes later is cancelled while it is disabled by request',
  async (ordering) => {
    const subscription = await subscribe({ whileDisabled: 'cancel', ordering });
    for (let event = 0; event < 3; event++) await post();
    expect(await subscription.patch({ enabled: false })).toMatchObject({ disabledReason: 'requested', disabledBy: keyId });
    await post();
    const cancelled = {
      state: 'cancelled',
      endedReason: 'disabled',
      endedBy: keyId,
      endedAt: expect.any(String),
      dueAt: null,
    };
    expect(await subscription.deliveries()).toMatchObject([cancelled, cancelled, cancelled, cancelled]);

    expect(await subscription.patch({ enabled: true })).toMatchObject({ disabledReason: null, disabledBy: null });
    await post();
    const [latest, ...before] = await subscription.deliveries();
    expect([latest?.state, before.map(({ state }) => state)]).toEqual([
      expect.stringMatching(/^(pending|parked)$/),
      Array.from({ length: 4 }, () => 'cancelled'),
    ]);
    await made(call('POST', `/v1/deliveries/${before[0]?.id}/replay`, {}), 202);
    const replayed = (await call('GET', `/v1/deliveries/${before[0]?.id}`)).body;
    expect(replayed).toMatchObject({ state: expect.stringMatching(/^(pending|parked|blocked)$/), endedReason: null });
  },
);

test('held deliveries are cancelled when it is set so while disabled; null restores the default', async () => {
  const subscription = await subscribe({});
  await post();
  await subscription.patch({ enabled: false });
  expect(await subscription.deliveries()).toMatchObject([{ state: 'held' }]);
  expect(await subscription.patch({ whileDisabled: 'cancel' })).toMatchObject({ whileDisabled: 'cancel' });
  expect(await subscription.deliveries()).toMatchObject([{ state: 'cancelled', endedReason: 'disabled', endedBy: keyId }]);
  expect(await subscription.patch({ whileDisabled: null, onGone: 'end' })).toMatchObject({
    whileDisabled: 'hold',
    onGone: 'end',
  });
  await post();
  expect((await subscription.deliveries()).map(({ state }) => state)).toEqual(['held', 'cancelled']);
});

test('a subscription that is made disabled names who made it', async () => {
  const { id } = await subscribe({ enabled: false, whileDisabled: 'cancel' });
  expect((await call('GET', `/v1/subscriptions/${id}`)).body).toMatchObject({
    disabledReason: 'requested',
    disabledBy: keyId,
  });
});

const database = useDatabase();

test.each([
  ['gone', ['cancelled', 'held'], [true, false]],
  ['failing', ['held', 'held'], [false, false]],
] as const)(
  'an endpoint that is %s ends the subscriptions that end with it, and holds for the others',
  async (reason, states, ended) => {
    const db = database();
    const tenantId = await givenTenant(db);
    const of = await givenIntegration(db, tenantId);
    const url = 'https://receiver.example/gone';
    const both = [
      await givenSubscription(db, of, { url, onGone: 'end', whileDisabled: 'cancel' }),
      await givenSubscription(db, of, { url, trigger: 'pass.created' }),
    ];
    for (const subscription of both) await givenDelivery(db, subscription, 'pending');
    const endpointId = both[0]?.endpointId ?? toId('endpoint', '');
    const changed = await createSubscriptionStore(db).disableAllOf(tenantId, endpointId, reason, () => undefined);
    expect(changed.toSorted()).toEqual(both.map(({ id }) => id).toSorted());
    expect((await Promise.all(both.map(({ id }) => statesOf(db, id)))).flat()).toEqual(states);
    const rows = await db.subscription.findMany({
      where: { id: { in: both.map(({ id }) => toUuid(id)) } },
      orderBy: { id: 'asc' },
    });
    expect(rows.map(({ deletedAt }) => deletedAt !== null)).toEqual(ended);
  },
);
