import { z } from 'zod';
import { dialectNamed } from '../dialects/index.ts';
import { integrationOptionsSchema } from '../dialects/options.ts';
import { checkInput } from '../domain/check-input.ts';
import { invalid } from '../domain/errors.ts';
import { newId, type TenantId } from '../domain/id.ts';
import { DIALECT_NAMES, type Integration } from '../domain/integration.ts';
import type { FieldError } from '../domain/json.ts';
import type { Parts } from '../domain/subscription.ts';
import { type Template, type TemplateInput, templateInputSchema } from '../domain/template.ts';
import type { Clock } from '../ports/process.ts';
import { findParts, lookUpParts, type PartDeps, parseNames, requireParts } from './subscription-rules.ts';
import { repeatedKeys } from './templates.ts';

const draftIntegrationSchema = z
  .strictObject({
    dialect: z.enum(DIALECT_NAMES).meta({ description: 'The dialect.' }),
    options: integrationOptionsSchema.default({}),
  })
  .meta({
    id: 'DraftIntegration',
    description: 'An integration that is not saved: what its bodies depend on.',
    examples: [{ dialect: 'vibes', options: { companyKey: 'acme' } }],
  });

/** Integration and template of a request, each by its id or, before it is saved, as it would be. */
export const draftPartsShape = {
  integrationId: z.string().optional().meta({ description: 'The integration. Required without `integration`.' }),
  integration: draftIntegrationSchema.optional().meta({ description: 'An integration that is not saved yet.' }),
  templateId: z
    .string()
    .nullable()
    .default(null)
    .meta({ description: 'The template. Null, without `template`: all templates of the tenant.' }),
  template: templateInputSchema.optional().meta({
    override: { $ref: '#/components/schemas/TemplateInput' },
    description: 'A template that is not saved yet.',
  }),
};

export interface DraftNames {
  readonly integrationId?: string | undefined;
  readonly integration?: z.infer<typeof draftIntegrationSchema> | undefined;
  readonly templateId: string | null;
  readonly template?: TemplateInput | undefined;
}

export interface DraftParts extends Parts {
  /** False: the integration is not saved, so that it has no secrets. */
  readonly isIntegrationSaved: boolean;
}

/** Finds what a request names by id, and completes what it sends instead. @throws Problem invalid */
export async function findDraftParts(
  deps: PartDeps & { readonly clock: Clock },
  tenantId: TenantId,
  names: DraftNames,
): Promise<DraftParts> {
  const { integrationId, templateId } = names;
  const errors = [...wrongIntegration(names), ...wrongTemplate(names)];
  if (errors.length > 0) throw invalid(errors);
  const nowMs = deps.clock();
  const sentTemplate = names.template && draftTemplate(tenantId, names.template, nowMs);
  if (!names.integration) {
    const found = await findParts(deps, tenantId, { integrationId: integrationId ?? '', templateId });
    return { integration: found.integration, template: sentTemplate ?? found.template, isIntegrationSaved: true };
  }
  const integration = draftIntegration(tenantId, names.integration, nowMs);
  const named = parseNames({ integrationId: integration.id, templateId });
  const { template } = requireParts(named, { ...(await lookUpParts(deps, tenantId, named)), integration });
  return { integration, template: sentTemplate ?? template, isIntegrationSaved: false };
}

function wrongIntegration({ integrationId, integration }: DraftNames): readonly FieldError[] {
  if ((integrationId === undefined) !== (integration === undefined)) return [];
  const detail = integration ? 'must be left out when there is an integration' : 'is required, or an integration';
  return [{ pointer: '/integrationId', detail }];
}

function wrongTemplate({ templateId, template }: DraftNames): readonly FieldError[] {
  if (!template) return [];
  const both = { pointer: '/templateId', detail: 'must be null or left out when there is a template' };
  return [...(templateId === null ? [] : [both]), ...repeatedKeys(template, '/template')];
}

/** @throws Problem invalid when the dialect refuses the options */
function draftIntegration(
  tenantId: TenantId,
  { dialect, options }: NonNullable<DraftNames['integration']>,
  nowMs: number,
): Integration {
  const checked = checkInput(dialectNamed(dialect).options, options, '/integration/options');
  if (!checked.ok) throw invalid(checked.errors);
  const parts = { headers: undefined, policy: {}, limits: {}, signature: null };
  const id = newId('integration', nowMs);
  return { id, tenantId, name: dialect, dialect, options: checked.value, ...parts, ...firstVersion(nowMs) };
}

function draftTemplate(tenantId: TenantId, input: TemplateInput, nowMs: number): Template {
  return { ...input, id: newId('template', nowMs), tenantId, ...firstVersion(nowMs) };
}

function firstVersion(nowMs: number) {
  const now = new Date(nowMs);
  return { version: 1, createdAt: now, updatedAt: now };
}
