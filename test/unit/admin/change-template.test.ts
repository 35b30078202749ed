import { expect, test } from 'vitest';
import { changeTemplate, type TemplatePatch } from '../../../src/admin/templates.ts';
import type { Template } from '../../../src/domain/template.ts';
import { NO_USAGE } from '../../../src/domain/tenant-bounds.ts';
import type { Edited, Subscribers, TemplateStore, Usage } from '../../../src/ports/configuration.ts';
import { bounds, clock, makeTemplate, tenantId } from '../../support/configuration.ts';

const template = makeTemplate({ fields: [{ key: 'first_name' }] });

async function editOf(patch: TemplatePatch): Promise<Edited<Template, Subscribers & Usage>> {
  const edits: Edited<Template, Subscribers & Usage>[] = [];
  const change: TemplateStore['change'] = async (_tenant, _id, edit) => {
    edits.push(edit(template));
    return edits[0]?.row;
  };
  const templates = { change, find: async () => template } as unknown as TemplateStore;
  const configSource = { load: async () => undefined, existing: async () => new Set<never>() };
  await changeTemplate({ templates, configSource, bounds, clock }, tenantId, template.id, patch);
  if (!edits[0]) throw new Error('the verb gives its edit to the store');
  return edits[0];
}

test.each<TemplatePatch>([
  {},
  { name: 'New' },
  { externalId: 'new' },
  { fields: template.fields },
  { personalised: { expiry: true } },
])('%j does not look at the mappings of the subscriptions', async (patch) => {
  expect((await editOf(patch)).check).toBeUndefined();
});

test.each<TemplatePatch>([
  { fields: [] },
  { fields: [...template.fields, ...makeTemplate({ fields: [{ key: 'b' }] }).fields] },
  { passType: 'coupon' },
  { personalised: { expiry: false } },
])('%j does', async (patch) => {
  expect((await editOf(patch)).check).toBeInstanceOf(Function);
});

test('a larger vendor member is held against the bounds, and not against the mappings', async () => {
  const { check } = await editOf({ vendor: { vibes: { campaignToken: 'new' } } });
  const surroundings = (configurationBytes: number) => ({
    usage: { ...NO_USAGE, configurationBytes },
    get subscriptions(): never {
      throw new Error('the subscriptions are not needed');
    },
  });
  expect(() => check?.(surroundings(0))).not.toThrow();
  const full = expect.objectContaining({ code: 'tenant-limit', fields: [expect.objectContaining({ pointer: '' })] });
  expect(() => check?.(surroundings(bounds.configurationBytes))).toThrow(full);
});
