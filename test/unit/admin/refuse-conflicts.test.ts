import { describe, expect, test } from 'vitest';
import { refuseConflicts } from '../../../src/admin/refuse-conflicts.ts';
import type { Mapping } from '../../../src/domain/mapping.ts';
import type { Subscription } from '../../../src/domain/subscription.ts';
import { configOf, makeIntegration, makeSubscription, makeTemplate, tenantId } from '../../support/configuration.ts';

const toName = (name: string): Mapping => ({ rename: { first_name: name }, remove: [] });

/** Edits a WalletThat template with one subscription. */
function edit(before: readonly string[], after: readonly string[], more: Partial<Subscription> = {}) {
  const integration = makeIntegration('walletthat');
  const template = makeTemplate({ fields: before.map((key) => ({ key })) });
  const base = { templateId: template.id, knownFields: before, options: { changedOnly: true } };
  const subscription = makeSubscription(integration, { ...base, mapping: toName('name'), ...more });
  const configSource = configOf({ templates: [template], integrations: [integration], subscriptions: [subscription] });
  const next = { ...template, fields: makeTemplate({ fields: after.map((key) => ({ key })) }).fields };
  return { subscription, done: refuseConflicts({ configSource }, tenantId, { template: next }) };
}

describe('an edit of a template', () => {
  test('that gives two fields one name is refused, naming the subscription', async () => {
    const { subscription, done } = edit(['first_name'], ['first_name', 'name']);
    await expect(done).rejects.toMatchObject({
      kind: 'conflict',
      code: 'subscription-conflict',
      fields: [{ pointer: '/fields', detail: expect.stringContaining(subscription.id) }],
    });
  });

  test('is refused for subscriptions to all templates too', async () => {
    const { done } = edit(['first_name'], ['first_name', 'name'], { templateId: null, knownFields: null });
    await expect(done).rejects.toMatchObject({ kind: 'conflict' });
  });

  test.each<[string, readonly string[], readonly string[], Partial<Subscription>]>([
    ['adds another field', ['first_name'], ['first_name', 'last_name'], {}],
    ['takes a mapped field away', ['first_name', 'city'], ['city'], {}],
    [
      'touches a field that was switched off',
      ['first_name', 'name'],
      ['first_name', 'name'],
      { knownFields: ['first_name'] },
    ],
    ['concerns another template', ['first_name'], ['first_name', 'name'], { templateId: makeTemplate().id }],
  ])('is fine when it %s', async (_what, before, after, more) => {
    await expect(edit(before, after, more).done).resolves.toBeUndefined();
  });

  test('P11: two fields of one Passcreator name', async () => {
    const integration = makeIntegration('passcreator', { options: { emptyGenericProperties: 'object' } });
    const field = (key: string, label: string) => ({ key, label, area: 'backFields', index: 0 });
    const template = makeTemplate({ fields: [field('a', 'A'), field('b', 'B')] });
    const knownFields = ['a', 'b'];
    const subscription = makeSubscription(integration, {
      templateId: template.id,
      knownFields,
      options: { signPayload: false },
    });
    const configSource = configOf({ templates: [template], integrations: [integration], subscriptions: [subscription] });
    const next = { ...template, fields: makeTemplate({ fields: [field('a', 'A'), field('b', 'A')] }).fields };
    await expect(refuseConflicts({ configSource }, tenantId, { template: next })).rejects.toMatchObject({
      kind: 'conflict',
    });
    await expect(refuseConflicts({ configSource }, tenantId, { template })).resolves.toBeUndefined();
  });
});

test('an integration’s options that its subscriptions cannot live with are refused', async () => {
  const allowing = { barcodeShape: 'asPublished', signatureEncoding: 'hex', allowDeprecated: true };
  const integration = makeIntegration('passentry', { options: allowing });
  const subscription = makeSubscription(integration, { trigger: 'pass.tapped' });
  const configSource = configOf({ integrations: [integration], subscriptions: [subscription] });
  const next = { ...integration, options: { ...allowing, allowDeprecated: false } };
  await expect(refuseConflicts({ configSource }, tenantId, { integration: next })).rejects.toMatchObject({
    kind: 'conflict',
    fields: [{ pointer: '/options', detail: expect.stringContaining(subscription.id) }],
  });
  await expect(refuseConflicts({ configSource }, tenantId, { integration })).resolves.toBeUndefined();
});
