import { expect, test } from 'vitest';
import { foreseeConflicts } from '../../../src/admin/foresee-conflicts.ts';
import { checkOf, refuseConflicts } from '../../../src/admin/refuse-conflicts.ts';
import { newId } from '../../../src/domain/id.ts';
import { configOf, makeIntegration, makeSubscription, makeTemplate, tenantId } from '../../support/configuration.ts';

const integration = makeIntegration('walletthat');
const template = makeTemplate({ fields: [{ key: 'first_name' }] });
const next = makeTemplate({ fields: [{ key: 'first_name' }, { key: 'name' }] });
const change = { template: { ...next, id: template.id } };
const parts = { templateId: template.id, knownFields: ['first_name'], trigger: 'pass.created' } as const;
const mapped = (target: string) => ({ mapping: { rename: { first_name: target }, remove: [] } });
const fine = makeSubscription(integration, { ...parts, ...mapped('given_name'), id: newId('subscription', 1) });
const colliding = makeSubscription(integration, { ...parts, ...mapped('name'), id: newId('subscription', 2) });
const other = makeSubscription(integration, { ...parts, templateId: newId('template', 9), id: newId('subscription', 3) });
const configured = (subscription: typeof fine) => ({ subscription, integration, template });
const configSource = configOf({
  templates: [template],
  integrations: [integration],
  subscriptions: [fine, colliding, other],
});

test('those that can be built are foreseen, at their versions; the others are left to the transaction', async () => {
  const foreseen = await foreseeConflicts({ configSource }, tenantId, change);
  expect([...foreseen]).toEqual([checkOf(configured(fine), change)]);
  expect(() => refuseConflicts([configured(fine)], change, foreseen)).not.toThrow();
  expect(() => refuseConflicts([configured(fine), configured(colliding)], change, foreseen)).toThrow(colliding.id);
});

test.each([
  ['subscription', { ...configured({ ...fine, version: 2, ...mapped('name') }) }, change],
  ['integration', { ...configured(colliding), integration: { ...integration, version: 2 } }, change],
  ['template', configured(colliding), { template: { ...change.template, version: 2 } }],
])('one whose %s changed meanwhile is checked again', async (_what, now, changed) => {
  const all = configOf({ templates: [template], integrations: [integration], subscriptions: [fine] });
  const foreseen = await foreseeConflicts({ configSource: all }, tenantId, change);
  expect(() => refuseConflicts([now], changed, foreseen)).toThrow(expect.objectContaining({ kind: 'conflict' }));
});

test('nothing is foreseen for a tenant that is not there', async () => {
  expect((await foreseeConflicts({ configSource }, newId('tenant', 9), change)).size).toBe(0);
});
