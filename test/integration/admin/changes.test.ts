import { describe, expect, test } from 'vitest';
import { changeIntegration, type IntegrationPatch } from '../../../src/admin/integrations.ts';
import {
  changeSubscription,
  createSubscriptions,
  newSubscriptionSchema,
  type SubscriptionPatch,
} from '../../../src/admin/subscriptions.ts';
import { changeTemplate, type TemplatePatch } from '../../../src/admin/templates.ts';
import { toUuid } from '../../../src/domain/id.ts';
import type { UrlChecker } from '../../../src/ports/sending.ts';
import { createIntegrationStore } from '../../../src/store/configuration/integrations.ts';
import { createSubscriptionStore } from '../../../src/store/configuration/subscriptions.ts';
import { createTemplateStore } from '../../../src/store/configuration/templates.ts';
import { createConfigSource } from '../../../src/store/configuration/tenant-config.ts';
import { holdWaiting } from '../../../src/store/deliveries/open-deliveries.ts';
import { bounds, box } from '../../support/configuration.ts';
import { useDatabase } from '../../support/database.ts';
import {
  givenDelivery,
  givenSubscription,
  givenTemplate,
  givenTenant,
  integration,
  saveSubscription,
  statesOf,
} from '../store/samples.ts';

// Changes at the same time, of callers and of the system: none undoes another.

const db = useDatabase();
const ROUNDS = 10;
const clock = Date.now;

async function given() {
  const tenantId = await givenTenant(db());
  const integrations = createIntegrationStore(db());
  const options = { emptyGenericProperties: 'object' };
  const made = { ...integration(tenantId), dialect: 'passcreator' as const, options, headers: undefined };
  const of = await integrations.create(made, [], () => {});
  const template = await givenTemplate(db(), tenantId);
  const names = { templateId: template.id, knownFields: ['points'], mapping: { rename: {}, remove: [] } };
  const subscription = await givenSubscription(db(), of, {
    ...names,
    options: { signPayload: false, retryEnabled: false },
  });
  const templates = createTemplateStore(db());
  const subscriptions = createSubscriptionStore(db());
  const configSource = createConfigSource(db());
  const deps = {
    integrations,
    templates,
    subscriptions,
    configSource,
    bounds,
    box,
    clock,
    queue: { offer() {} },
    urls: anyUrl,
  };
  return { tenantId, of, template, subscription, deps };
}

const anyUrl: UrlChecker = { check: async () => ({ kind: 'ok' }) };

describe('patches of different members at the same time lose none', () => {
  test('of an integration', async () => {
    const { tenantId, of, deps } = await given();
    for (let round = 1; round <= ROUNDS; round++) {
      const patches: IntegrationPatch[] = [
        { name: `CRM ${round}` },
        { limits: { maxInFlight: round } },
        { limits: { ratePerSecond: round } },
        { policy: { timeoutMs: 1000 + round } },
        { policy: { retryDelaysMs: [round] } },
        { options: { emptyGenericProperties: round % 2 === 0 ? 'object' : 'array' } },
        { headers: { 'x-round': String(round) } },
      ];
      await Promise.all(patches.map((patch) => changeIntegration(deps, tenantId, of.id, patch)));
      const { headers, ...after } = (await deps.integrations.find(tenantId, of.id)) ?? {};
      expect(after).toMatchObject({
        name: `CRM ${round}`,
        limits: { maxInFlight: round, ratePerSecond: round },
        policy: { timeoutMs: 1000 + round, retryDelaysMs: [round] },
        options: { emptyGenericProperties: round % 2 === 0 ? 'object' : 'array' },
      });
      expect(JSON.parse(headers ? box.open(headers) : '{}')).toEqual({ 'x-round': String(round) });
    }
  });

  test('of a template', async () => {
    const { tenantId, template, deps } = await given();
    for (let round = 1; round <= ROUNDS; round++) {
      const isEven = round % 2 === 0;
      const patches: TemplatePatch[] = [
        { name: `Loyalty ${round}` },
        { externalId: `loyalty-${round}` },
        { passType: isEven ? 'coupon' : 'generic' },
        { personalised: { expiry: isEven } },
        { personalised: { barcodeText: !isEven } },
        { vendor: { passcreator: { guid: `guid-${round}` } } },
        { vendor: { walletthat: { templateId: `id-${round}` } } },
      ];
      await Promise.all(patches.map((patch) => changeTemplate(deps, tenantId, template.id, patch)));
      expect(await deps.templates.find(tenantId, template.id)).toMatchObject({
        name: `Loyalty ${round}`,
        externalId: `loyalty-${round}`,
        passType: isEven ? 'coupon' : 'generic',
        personalised: { barcodeValue: true, expiry: isEven, barcodeText: !isEven },
        vendor: {
          vibes: template.vendor.vibes,
          passcreator: { guid: `guid-${round}` },
          walletthat: { templateId: `id-${round}` },
        },
      });
    }
  });

  test('of a subscription', async () => {
    const { tenantId, subscription, deps } = await given();
    for (let round = 1; round <= ROUNDS; round++) {
      const isEven = round % 2 === 0;
      const url = `https://receiver.example/${round}`;
      const patches: SubscriptionPatch[] = [
        { url },
        { mapping: { rename: { identifier: `id${round}` } } },
        { mapping: { remove: isEven ? ['buyerEmail'] : ['buyerCity'] } },
        { options: { signPayload: isEven } },
        { options: { retryEnabled: !isEven } },
        { ordering: isEven ? 'pass' : 'none' },
        { enabled: isEven },
      ];
      await Promise.all(patches.map((patch) => changeSubscription(deps, tenantId, subscription.id, patch)));
      expect(await deps.subscriptions.find(tenantId, subscription.id)).toMatchObject({
        url,
        mapping: { rename: { identifier: `id${round}` }, remove: isEven ? ['buyerEmail'] : ['buyerCity'] },
        options: { signPayload: isEven, retryEnabled: !isEven },
        ordering: isEven ? 'pass' : 'none',
        disabled: isEven ? undefined : 'requested',
      });
    }
  });
});

test('a 410 during a change of the URL stands: the subscription stays disabled, and nothing of it goes out', async () => {
  const { tenantId, subscription, deps } = await given();
  await givenDelivery(db(), subscription, 'pending');
  const urls: UrlChecker = {
    async check() {
      await deps.subscriptions.disableAllOf(tenantId, subscription.endpointId, 'gone', () => undefined);
      return { kind: 'ok' };
    },
  };
  const url = 'https://receiver.example/moved';
  const changed = await changeSubscription({ ...deps, urls }, tenantId, subscription.id, { url });
  expect(changed.subscription).toMatchObject({ url, disabled: 'gone', version: 3 });
  expect(await statesOf(db(), subscription.id)).toEqual(['held']);
});

test('a conflict that another change brings about meanwhile is seen', async () => {
  const { tenantId, deps } = await given();
  for (let round = 0; round < ROUNDS; round++) {
    const options = { barcodeShape: 'asPublished', signatureEncoding: 'hex', allowDeprecated: true };
    const gates = { ...integration(tenantId), dialect: 'passentry' as const, options, headers: undefined };
    await deps.integrations.create(gates, [], () => {});
    const input = newSubscriptionSchema.parse({
      integrationId: gates.id,
      trigger: 'pass.tapped',
      url: 'https://r.example/',
    });
    const outcomes = await Promise.allSettled([
      createSubscriptions(deps, tenantId, input),
      changeIntegration(deps, tenantId, gates.id, { options: { allowDeprecated: false } }),
    ]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  }
});

describe('the effects on open deliveries', () => {
  test('follow the last of many changes', async () => {
    const { subscription } = await given();
    for (let count = 0; count < 5; count++) await givenDelivery(db(), subscription, 'pending');
    const changes = Array.from({ length: 20 }, (_, index) => index % 2 === 0);
    await Promise.all(
      changes.map((enabled) => saveSubscription(db(), { ...subscription, disabled: enabled ? undefined : 'requested' })),
    );
    const row = await db().subscription.findUniqueOrThrow({ where: { id: toUuid(subscription.id) } });
    expect(new Set(await statesOf(db(), subscription.id))).toEqual(new Set([row.disabled ? 'held' : 'pending']));
  });

  test('of a change that was overtaken are none', async () => {
    const { subscription } = await given();
    await givenDelivery(db(), subscription, 'pending');
    await holdWaiting(db(), [toUuid(subscription.id)]); // as if it had been disabled and enabled again
    expect(await statesOf(db(), subscription.id)).toEqual(['pending']);
  });
});
