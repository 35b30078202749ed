import { isDeepStrictEqual } from 'node:util';
import { conflict, invalid, notFound, type Problem } from '../domain/errors.ts';
import { newId, type TemplateId, type TenantId } from '../domain/id.ts';
import type { FieldError } from '../domain/json.ts';
import { type ExpectedVersions, requireVersion } from '../domain/row-version.ts';
import { type Template, type TemplateInput, templateInputSchema } from '../domain/template.ts';
import { difference, refuseBeyond, type TenantBounds, usageOfTemplate } from '../domain/tenant-bounds.ts';
import type { Subscribers, TemplateStore, Usage } from '../ports/configuration.ts';
import type { Clock } from '../ports/process.ts';
import { type ForesightDeps, foreseeConflicts } from './foresee-conflicts.ts';
import { type Patch, patched, patchOf } from './patch.ts';
import { NOTHING_FORESEEN, refuseConflicts } from './refuse-conflicts.ts';

export interface TemplateDeps extends ForesightDeps {
  readonly templates: TemplateStore;
  readonly bounds: TenantBounds;
  readonly clock: Clock;
}

export const templatePatchSchema = patchOf(templateInputSchema);
export type TemplatePatch = Patch<(typeof templateInputSchema)['shape']>;

/** The members that decide which fields a body has, and so whether mappings fit. */
const SHAPING = ['fields', 'passType', 'personalised'] as const;

/** @throws Problem invalid; conflict when the externalId is taken, or a subscription to all templates could not render it */
export async function createTemplate(deps: TemplateDeps, tenantId: TenantId, input: TemplateInput): Promise<Template> {
  const { templates, bounds, clock } = deps;
  refuseRepeatedKeys(input);
  const now = new Date(clock());
  const id = newId('template', now.getTime());
  const template: Template = { ...input, id, tenantId, version: 1, createdAt: now, updatedAt: now };
  const foreseen = await foreseeConflicts(deps, tenantId, { template });
  const created = await templates.create(template, ({ subscriptions, usage }) => {
    refuseBeyond(bounds, usage, usageOfTemplate(template));
    refuseConflicts(subscriptions, { template }, foreseen);
  });
  if (!created) throw externalIdTaken();
  return created;
}

/**
 * Merges a patch into a template.
 *
 * @throws Problem not_found, precondition, invalid, or conflict when a subscription of the template could no longer be built
 */
export async function changeTemplate(
  deps: TemplateDeps,
  tenantId: TenantId,
  id: TemplateId,
  patch: TemplatePatch,
  expected?: ExpectedVersions,
): Promise<Template> {
  const { templates, bounds } = deps;
  const before = await templates.find(tenantId, id);
  if (!before) throw notFound('template');
  const planned = templateAfter(deps, before, patch, expected);
  const foreseen = hasSameShape(before, planned)
    ? NOTHING_FORESEEN
    : await foreseeConflicts(deps, tenantId, { template: planned });
  const changed = await templates.change(tenantId, id, (current) => {
    const row = templateAfter(deps, current, patch, expected);
    const added = difference(usageOfTemplate(row), usageOfTemplate(current));
    const isReshaped = !hasSameShape(current, row);
    if (!isReshaped && added.configurationBytes <= 0) return { row };
    const check = (surroundings: Subscribers & Usage) => {
      refuseBeyond(bounds, surroundings.usage, added, { fields: '/fields' });
      if (isReshaped) refuseConflicts(surroundings.subscriptions, { template: row }, foreseen);
    };
    return { row, check };
  });
  if (!changed) throw externalIdTaken();
  return changed;
}

/** @throws Problem precondition, invalid */
function templateAfter(
  { clock }: Pick<TemplateDeps, 'clock'>,
  current: Template,
  patch: TemplatePatch,
  expected: ExpectedVersions | undefined,
): Template {
  requireVersion(expected, current);
  const input = patched(templateInputSchema, current, patch);
  refuseRepeatedKeys(input);
  const { id, tenantId, version, createdAt } = current;
  return { ...input, id, tenantId, version, createdAt, updatedAt: new Date(clock()) };
}

/** Whether two states of a template give the same bodies. */
function hasSameShape(one: Template, other: Template): boolean {
  return SHAPING.every((member) => isDeepStrictEqual(one[member], other[member]));
}

/** Deletes softly, with the subscriptions; their open deliveries are cancelled. @throws Problem not_found or precondition */
export async function deleteTemplate(
  { templates }: Pick<TemplateDeps, 'templates'>,
  tenantId: TenantId,
  id: TemplateId,
  by: string,
  expected?: ExpectedVersions,
): Promise<void> {
  if (!(await templates.delete(tenantId, id, by, expected))) throw notFound('template');
}

function refuseRepeatedKeys(input: TemplateInput): void {
  const errors = repeatedKeys(input, '');
  if (errors.length > 0) throw invalid(errors);
}

/** @param at JSON Pointer of the template in the request */
export function repeatedKeys({ fields }: TemplateInput, at: string): readonly FieldError[] {
  const seen = new Set<string>();
  const errors: FieldError[] = [];
  for (const [position, { key }] of fields.entries()) {
    if (seen.has(key))
      errors.push({ pointer: `${at}/fields/${position}/key`, detail: 'is the key of an earlier field too' });
    seen.add(key);
  }
  return errors;
}

function externalIdTaken(): Problem {
  const detail = 'is the externalId of another template of this tenant';
  return conflict('external-id-taken', `externalId ${detail}.`, [{ pointer: '/externalId', detail }]);
}
