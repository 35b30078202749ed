import { conflict, invalid, notFound, type Problem } from '../domain/errors.ts';
import { newId, type TemplateId, type TenantId } from '../domain/id.ts';
import type { FieldError } from '../domain/json.ts';
import { type Template, type TemplateInput, templateInputSchema } from '../domain/template.ts';
import type { ConfigSource, TemplateStore } from '../ports/configuration.ts';
import type { Clock } from '../ports/process.ts';
import { type Patch, patched, patchOf } from './patch.ts';
import { refuseConflicts } from './refuse-conflicts.ts';

export interface TemplateDeps {
  readonly templates: TemplateStore;
  readonly configSource: ConfigSource;
  readonly clock: Clock;
}

export const templatePatchSchema = patchOf(templateInputSchema);
export type TemplatePatch = Patch<(typeof templateInputSchema)['shape']>;

/** @throws Problem invalid; conflict when the externalId is taken, or a subscription to all templates could not render it */
export async function createTemplate(deps: TemplateDeps, tenantId: TenantId, input: TemplateInput): Promise<Template> {
  refuseRepeatedKeys(input);
  const now = new Date(deps.clock());
  const template: Template = { ...input, id: newId('template', now.getTime()), tenantId, createdAt: now, updatedAt: now };
  await refuseConflicts(deps, tenantId, { template });
  if (!(await deps.templates.create(template))) throw externalIdTaken();
  return template;
}

/**
 * Changes top-level members of a template.
 *
 * @throws Problem not_found, invalid, or conflict when a subscription of the template could no longer be built
 */
export async function changeTemplate(
  deps: TemplateDeps,
  tenantId: TenantId,
  id: TemplateId,
  patch: TemplatePatch,
): Promise<Template> {
  const current = await deps.templates.find(tenantId, id);
  if (!current) throw notFound('template');
  const input = patched(templateInputSchema, current, patch);
  refuseRepeatedKeys(input);
  const { createdAt } = current;
  const template: Template = { ...input, id, tenantId, createdAt, updatedAt: new Date(deps.clock()) };
  await refuseConflicts(deps, tenantId, { template });
  if (!(await deps.templates.update(template))) throw externalIdTaken();
  return template;
}

/** Deletes softly, with the subscriptions; their open deliveries are cancelled. @throws Problem not_found */
export async function deleteTemplate(deps: TemplateDeps, tenantId: TenantId, id: TemplateId, by: string): Promise<void> {
  if (!(await deps.templates.delete(tenantId, id, by))) throw notFound('template');
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
