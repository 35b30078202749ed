import { describe, expect, test } from 'vitest';
import { refuseConflicts } from '../../../src/admin/refuse-conflicts.ts';
import type { Mapping } from '../../../src/domain/mapping.ts';
import type { Subscription } from '../../../src/domain/subscription.ts';
import { makeIntegration, makeSubscription, makeTemplate } from '../../support/configuration.ts';

const toName = (name: string): Mapping => ({ rename: { first_name: name }, remove: [] });

/** Edits a WalletThat template with one subscription. */
function edit(before: readonly string[], after: readonly string[], more: Partial<Subscription> = {}) {
  const integration = makeIntegration('walletthat');
  const template = makeTemplate({ fields: before.map((key) => ({ key })) });
  const base = { templateId: template.id, knownFields: before, options: { changedOnly: true } };
  const subscription = makeSubscription(integration, { ...base, mapping: toName('name'), ...more });
  const own = subscription.templateId === null ? undefined : template;
  const next = { ...template, fields: makeTemplate({ fields: after.map((key) => ({ key })) }).fields };
  const refuse = () => refuseConflicts([{ subscription, integration, template: own }], { template: next });
  return { subscription, refuse };
}

describe('an edit of a template', () => {
  test('that gives two fields one name is refused, naming the subscription', () => {
    const { subscription, refuse } = edit(['first_name'], ['first_name', 'name']);
    expect(refuse).toThrow(
      expect.objectContaining({
        kind: 'conflict',
        code: 'subscription-conflict',
        fields: [{ pointer: '/fields', detail: expect.stringContaining(subscription.id) }],
      }),
    );
  });

  test('is refused for subscriptions to all templates too', () => {
    const { refuse } = edit(['first_name'], ['first_name', 'name'], { templateId: null, knownFields: null });
    expect(refuse).toThrow(expect.objectContaining({ kind: 'conflict' }));
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
  ])('is fine when it %s', (_what, before, after, more) => {
    expect(edit(before, after, more).refuse).not.toThrow();
  });

  test('P11: two fields of one Passcreator name', () => {
    const integration = makeIntegration('passcreator', { options: { emptyGenericProperties: 'object' } });
    const field = (key: string, label: string) => ({ key, label, area: 'backFields', index: 0 });
    const template = makeTemplate({ fields: [field('a', 'A'), field('b', 'B')] });
    const knownFields = ['a', 'b'];
    const subscription = makeSubscription(integration, {
      templateId: template.id,
      knownFields,
      options: { signPayload: false },
    });
    const configured = [{ subscription, integration, template }];
    const next = { ...template, fields: makeTemplate({ fields: [field('a', 'A'), field('b', 'A')] }).fields };
    expect(() => refuseConflicts(configured, { template: next })).toThrow(expect.objectContaining({ kind: 'conflict' }));
    expect(() => refuseConflicts(configured, { template })).not.toThrow();
  });
});

test('options of an integration that conflict with its subscriptions are refused', () => {
  const allowing = { barcodeShape: 'asPublished', signatureEncoding: 'hex', allowDeprecated: true };
  const integration = makeIntegration('passentry', { options: allowing });
  const subscription = makeSubscription(integration, { trigger: 'pass.tapped' });
  const configured = [{ subscription, integration, template: undefined }];
  const next = { ...integration, options: { ...allowing, allowDeprecated: false } };
  expect(() => refuseConflicts(configured, { integration: next })).toThrow(
    expect.objectContaining({
      kind: 'conflict',
      fields: [{ pointer: '/options', detail: expect.stringContaining(subscription.id) }],
    }),
  );
  expect(() => refuseConflicts(configured, { integration })).not.toThrow();
});
