import { describe, expect, it } from 'vitest';
import { notFound } from '../../../src/domain/errors.ts';
import { newId, type TemplateId, type TenantId, toUuid } from '../../../src/domain/id.ts';
import type { FoundParts } from '../../../src/ports/configuration.ts';
import { createEndpointStore } from '../../../src/store/configuration/endpoints.ts';
import { createIntegrationStore } from '../../../src/store/configuration/integrations.ts';
import { createSubscriptionStore } from '../../../src/store/configuration/subscriptions.ts';
import { useDatabase } from '../../support/database.ts';
import {
  givenDelivery,
  givenIntegration,
  givenSubscription,
  givenTemplate,
  givenTenant,
  saveSubscription,
  statesOf,
  storeSubscription,
  subscription,
  tick,
  versionOf,
} from './samples.ts';

const db = useDatabase();

async function given() {
  const tenantId = await givenTenant(db());
  const of = await givenIntegration(db(), tenantId);
  return { tenantId, of, subscriptions: createSubscriptionStore(db()) };
}

describe('subscriptions', () => {
  it('are read as they were stored', async () => {
    const { tenantId, of, subscriptions } = await given();
    const template = await givenTemplate(db(), tenantId);
    const made = subscription(of, { templateId: template.id, knownFields: ['b', 'a'], disabled: 'requested' });
    expect(await storeSubscription(db(), made)).toEqual(made);
    expect(await subscriptions.find(tenantId, made.id)).toEqual(made);
    const all = subscription(of);
    await storeSubscription(db(), all);
    expect(await subscriptions.find(tenantId, all.id)).toEqual({ ...all, endpointId: made.endpointId });
  });

  it('share the endpoint of their integration and URL', async () => {
    const { tenantId, of } = await given();
    const first = await storeSubscription(db(), subscription(of));
    const same = await storeSubscription(db(), subscription(of));
    const elsewhere = await storeSubscription(db(), subscription(of, { url: 'https://receiver.example/other' }));
    const ofOther = await givenSubscription(db(), await givenIntegration(db(), tenantId));
    expect(same.endpointId).toBe(first.endpointId);
    expect(new Set([first.endpointId, elsewhere.endpointId, ofOther.endpointId]).size).toBe(3);
    const endpoints = createEndpointStore(db());
    const endpoint = { id: first.endpointId, tenantId, integrationId: of.id, url: first.url };
    expect(await endpoints.find(tenantId, first.endpointId)).toMatchObject(endpoint);
    expect(await endpoints.find(await givenTenant(db()), first.endpointId)).toBeUndefined();
  });

  it('are listed by integration and template', async () => {
    const { tenantId, of, subscriptions } = await given();
    const template = await givenTemplate(db(), tenantId);
    const ofTemplate = await givenSubscription(db(), of, { templateId: template.id });
    const ofOther = await givenSubscription(db(), await givenIntegration(db(), tenantId));
    const page = { limit: 10, cursor: undefined };
    expect((await subscriptions.list(tenantId, {}, page)).data).toEqual([ofOther, ofTemplate]);
    expect((await subscriptions.list(tenantId, { integrationId: of.id }, page)).data).toEqual([ofTemplate]);
    expect((await subscriptions.list(tenantId, { templateId: template.id }, page)).data).toEqual([ofTemplate]);
    expect((await subscriptions.list(await givenTenant(db()), {}, page)).data).toEqual([]);
  });

  it('need an integration and a template of their own tenant that are not deleted', async () => {
    const { tenantId, of, subscriptions } = await given();
    const other = await givenTenant(db());
    const foreign = await givenTemplate(db(), other);
    const version = await versionOf(db(), tenantId);
    const found = async (tenant: TenantId, templateId: TemplateId | null = null) => {
      const seen: FoundParts[] = [];
      const refused = subscriptions.create(
        tenant,
        { integrationId: of.id, templateId, url: 'https://r.example/' },
        (found) => {
          const { integration, template } = found;
          seen.push({ integration, template });
          throw notFound('part');
        },
      );
      await expect(refused).rejects.toMatchObject({ kind: 'not_found' });
      return seen[0];
    };
    expect(await found(tenantId)).toMatchObject({ integration: { id: of.id }, template: undefined });
    expect(await found(other)).toEqual({ integration: undefined, template: undefined });
    expect(await found(tenantId, foreign.id)).toMatchObject({ template: undefined });
    expect(await versionOf(db(), tenantId)).toBe(version);
    await createIntegrationStore(db()).delete(tenantId, of.id, 'system');
    expect(await found(tenantId)).toEqual({ integration: undefined, template: undefined });
  });

  it('are invisible to another tenant', async () => {
    const { tenantId, of, subscriptions } = await given();
    const other = await givenTenant(db());
    const made = await givenSubscription(db(), of);
    await givenDelivery(db(), made, 'pending');
    expect(await subscriptions.find(other, made.id)).toBeUndefined();
    expect(await subscriptions.delete(other, made.id, 'system')).toBe(false);
    expect(await subscriptions.disableAllOf(other, made.endpointId, 'gone', () => undefined)).toEqual([]);
    const stolen = saveSubscription(db(), { ...made, tenantId: other, disabled: 'requested' });
    await expect(stolen).rejects.toMatchObject({ kind: 'not_found' });
    expect(await subscriptions.find(tenantId, made.id)).toEqual(made);
    expect(await statesOf(db(), made.id)).toEqual(['pending']);
  });

  it('save what changed, under a new version, and stay with their integration', async () => {
    const { tenantId, of, subscriptions } = await given();
    const made = await givenSubscription(db(), of);
    const version = await versionOf(db(), tenantId);
    const changed = { ...made, trigger: 'pass.updated', mapping: { rename: {}, remove: ['x'] }, options: {} } as const;
    const { saved, released } = await saveSubscription(db(), { ...changed, mapping: { rename: {}, remove: ['x'] } });
    expect(saved).toEqual({ ...changed, version: 2 });
    expect(released).toEqual([]);
    expect(await subscriptions.find(tenantId, made.id)).toEqual(saved);
    expect(await versionOf(db(), tenantId)).toBe(version + 1);
  });
});

describe('disabling and enabling', () => {
  it('holds waiting deliveries and releases them oldest first', async () => {
    const { tenantId, of } = await given();
    const made = await givenSubscription(db(), of);
    const bystander = await givenSubscription(db(), of);
    await givenDelivery(db(), bystander, 'pending');
    const first = await givenDelivery(db(), made, 'pending');
    const second = await givenDelivery(db(), made, 'retrying', { attempts: 3 });
    await givenDelivery(db(), made, 'delivering');
    await givenDelivery(db(), made, 'dead');

    await saveSubscription(db(), { ...made, disabled: 'requested' });
    expect(await statesOf(db(), made.id)).toEqual(['held', 'held', 'delivering', 'dead']);
    expect(await statesOf(db(), bystander.id)).toEqual(['pending']);
    const held = await db().delivery.findUniqueOrThrow({ where: { id: toUuid(first) } });
    expect(held.dueAt).toBeNull();

    const { saved, released } = await saveSubscription(db(), { ...made, disabled: undefined });
    expect(saved.disabled).toBeUndefined();
    expect(released).toMatchObject([
      { deliveryId: first, attempt: 1, delayMs: 0 },
      { deliveryId: second, attempt: 4, delayMs: 0 },
    ]);
    expect(await statesOf(db(), made.id)).toEqual(['pending', 'pending', 'delivering', 'dead']);
    const due = await db().delivery.findUniqueOrThrow({ where: { id: toUuid(first) } });
    expect(due.dueAt).toBeInstanceOf(Date);
    expect(await versionOf(db(), tenantId)).toBe(6);
  });

  it('disables all of an endpoint, once', async () => {
    const { tenantId, of, subscriptions } = await given();
    const [first, second] = [await givenSubscription(db(), of), await givenSubscription(db(), of)];
    const elsewhere = await givenSubscription(db(), of, { url: 'https://receiver.example/other' });
    await givenSubscription(db(), of, { disabled: 'requested' });
    await givenDelivery(db(), first, 'pending');
    await givenDelivery(db(), elsewhere, 'pending');

    const disabled = await subscriptions.disableAllOf(tenantId, first.endpointId, 'gone', () => undefined);
    expect([...disabled].sort()).toEqual([first.id, second.id].sort());
    expect(await subscriptions.find(tenantId, first.id)).toMatchObject({ disabled: 'gone' });
    expect(await subscriptions.find(tenantId, elsewhere.id)).toMatchObject({ disabled: undefined });
    expect(await statesOf(db(), first.id)).toEqual(['held']);
    expect(await statesOf(db(), elsewhere.id)).toEqual(['pending']);

    const version = await versionOf(db(), tenantId);
    expect(await subscriptions.disableAllOf(tenantId, first.endpointId, 'gone', () => undefined)).toEqual([]);
    expect(await versionOf(db(), tenantId)).toBe(version);
  });

  it('does so over several chunks', async () => {
    const { of } = await given();
    const made = await givenSubscription(db(), of);
    const sample = await givenDelivery(db(), made, 'pending');
    await db().$executeRaw`
      INSERT INTO deliveries (id, tenant_id, event_id, subscription_id, endpoint_id, trigger, pass_id, state, due_at, message_id)
      SELECT gen_random_uuid(), tenant_id, event_id, subscription_id, endpoint_id, trigger, pass_id, state, due_at, message_id
      FROM deliveries, generate_series(1, 4500) WHERE id = ${toUuid(sample)}::uuid`;
    await saveSubscription(db(), { ...made, disabled: 'requested' });
    expect(new Set(await statesOf(db(), made.id))).toEqual(new Set(['held']));
    const { released } = await saveSubscription(db(), { ...made, disabled: undefined });
    expect(released).toHaveLength(4501);
    const ids = released.map(({ deliveryId }) => deliveryId);
    expect(ids).toEqual([...ids].sort());
  });
});

describe('moving and deleting', () => {
  it('moves what is open to the endpoint of the new URL', async () => {
    const { tenantId, of } = await given();
    const made = await givenSubscription(db(), of);
    const [open, ended] = [await givenDelivery(db(), made, 'retrying'), await givenDelivery(db(), made, 'succeeded')];
    const url = 'https://receiver.example/moved';
    const { saved } = await saveSubscription(db(), { ...made, url });
    expect(saved.url).toBe(url);
    expect(saved.endpointId).not.toBe(made.endpointId);
    expect(await createEndpointStore(db()).find(tenantId, saved.endpointId)).toMatchObject({ url });
    const endpointOf = async (id: typeof open) =>
      (await db().delivery.findUniqueOrThrow({ where: { id: toUuid(id) } })).endpointId;
    expect(await endpointOf(open)).toBe(toUuid(saved.endpointId));
    expect(await endpointOf(ended)).toBe(toUuid(made.endpointId));

    const back = await saveSubscription(db(), { ...saved, url: made.url });
    expect(back.saved.endpointId).toBe(made.endpointId);
    const fresh = newId('endpoint', tick());
    const again = await saveSubscription(db(), { ...made, url: 'https://receiver.example/third', endpointId: fresh });
    expect(again.saved.endpointId).toBe(fresh);
  });

  it('cancels open deliveries, fences those being delivered, leaves ended ones', async () => {
    const { tenantId, of, subscriptions } = await given();
    const made = await givenSubscription(db(), of);
    for (const state of ['pending', 'retrying', 'blocked', 'parked', 'held', 'dead'] as const) {
      await givenDelivery(db(), made, state);
    }
    const delivering = await givenDelivery(db(), made, 'delivering');
    expect(await subscriptions.delete(tenantId, made.id, 'key_1')).toBe(true);
    expect(await statesOf(db(), made.id)).toEqual([...Array(5).fill('cancelled'), 'dead', 'cancelled']);
    expect(await db().delivery.findUnique({ where: { id: toUuid(delivering) } })).toMatchObject({
      claim: 2,
      dueAt: null,
      endedAt: expect.any(Date),
      endedReason: 'subscription deleted',
      endedBy: 'key_1',
    });
    expect(await subscriptions.find(tenantId, made.id)).toBeUndefined();
    expect(await subscriptions.delete(tenantId, made.id, 'key_1')).toBe(false);
    await expect(saveSubscription(db(), made)).rejects.toMatchObject({ kind: 'not_found' });
  });

  it('does not wait for a delivery that a worker has locked', async () => {
    const { tenantId, of, subscriptions } = await given();
    const made = await givenSubscription(db(), of);
    const [locked] = [await givenDelivery(db(), made, 'pending'), await givenDelivery(db(), made, 'pending')];
    await db().$transaction(async (tx) => {
      await tx.$queryRaw`SELECT 1 AS one FROM deliveries WHERE id = ${toUuid(locked)}::uuid FOR UPDATE`;
      await subscriptions.delete(tenantId, made.id, 'key_1');
    });
    expect(await statesOf(db(), made.id)).toEqual(['pending', 'cancelled']);
  });
});

it('changes of one tenant pass one at a time and lose no version', async () => {
  const { tenantId, of } = await given();
  const version = await versionOf(db(), tenantId);
  const made = await Promise.all(Array.from({ length: 20 }, () => storeSubscription(db(), subscription(of))));
  expect(await versionOf(db(), tenantId)).toBe(version + 20);
  expect(new Set(made.map(({ endpointId }) => endpointId)).size).toBe(1);
});
