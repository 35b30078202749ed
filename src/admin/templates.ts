import { isDeepStrictEqual } from 'node:util';
import { conflict, invalid, notFound, type Problem } from '../domain/errors.ts';
import { newId, type TemplateId, type TenantId } from '../domain/id.ts';
import type { FieldError } from '../domain/json.ts';
import { type ExpectedVersions, requireVersion } from '../domain/row-version.ts';
import { type Template, type TemplateInput, templateInputSchema } from '../domain/template.ts';
import { difference, refuseBeyond, type TenantBounds, usageOfTemplate } from '../domain/tenant-bounds.ts';
import type { Subscribers, TemplateStore, Usage } from '../ports/configuration.ts';
import type { Clock } from '../ports/process.ts';
import { type Patch, patched, patchOf } from './patch.ts';
import { refuseConflicts } from './refuse-conflicts.ts';

export interface TemplateDeps {
  readonly templates: TemplateStore;
  readonly bounds: TenantBounds;
  readonly clock: Clock;
}

export const templatePatchSchema = patchOf(templateInputSchema);
export type TemplatePatch = Patch<(typeof templateInputSchema)['shape']>;

/** The members that decide which fields a body has, and so whether mappings fit. */
const SHAPING = ['fields', 'passType', 'personalised'] as const;

/** @throws Problem invalid; conflict when the externalId is taken, or a subscription to all templates could not render it */
export async function createTemplate(
  { templates, bounds, clock }: TemplateDeps,
  tenantId: TenantId,
  input: TemplateInput,
): Promise<Template> {
  refuseRepeatedKeys(input);
  const now = new Date(clock());
  const id = newId('template', now.getTime());
  const template: Template = { ...input, id, tenantId, version: 1, createdAt: now, updatedAt: now };
  const created = await templates.create(template, ({ subscriptions, usage }) => {
    refuseBeyond(bounds, usage, usageOfTemplate(template), '');
    refuseConflicts(subscriptions, { template });
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
  { templates, bounds, clock }: TemplateDeps,
  tenantId: TenantId,
  id: TemplateId,
  patch: TemplatePatch,
  expected?: ExpectedVersions,
): Promise<Template> {
  const changed = await templates.change(tenantId, id, (current) => {
    requireVersion(expected, current);
    const input = patched(templateInputSchema, current, patch);
    refuseRepeatedKeys(input);
    const { version, createdAt } = current;
    const row: Template = { ...input, id, tenantId, version, createdAt, updatedAt: new Date(clock()) };
    if (SHAPING.every((member) => isDeepStrictEqual(current[member], row[member]))) return { row };
    const check = ({ subscriptions, usage }: Subscribers & Usage) => {
      refuseBeyond(bounds, usage, difference(usageOfTemplate(row), usageOfTemplate(current)), '/fields');
      refuseConflicts(subscriptions, { template: row });
    };
    return { row, check };
  });
  if (!changed) throw externalIdTaken();
  return changed;
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

function refuseRepeatedKeys({ fields }: TemplateInput): void {
  const seen = new Set<string>();
  const errors: FieldError[] = [];
  for (const [position, { key }] of fields.entries()) {
    if (seen.has(key)) errors.push({ pointer: `/fields/${position}/key`, detail: 'is the key of an earlier field too' });
    seen.add(key);
  }
  if (errors.length > 0) throw invalid(errors);
}

function externalIdTaken(): Problem {
  const detail = 'is the externalId of another template of this tenant';
  return conflict('external-id-taken', `externalId ${detail}.`, [{ pointer: '/externalId', detail }]);
}
