import { z } from 'zod';
import { type DescribedField, describe } from '../dialects/describe.ts';
import type { Dialect } from '../dialects/dialect.ts';
import { dialectNamed } from '../dialects/index.ts';
import { subscriptionOptionsSchema } from '../dialects/options.ts';
import { checkInput } from '../domain/check-input.ts';
import { invalid, notFound } from '../domain/errors.ts';
import { parseId, type TemplateId, type TenantId } from '../domain/id.ts';
import { DIALECT_NAMES, type Integration } from '../domain/integration.ts';
import { PASS_TRIGGERS, type PassTrigger } from '../domain/trigger.ts';
import type { Clock } from '../ports/process.ts';
import { draftPartsShape, findDraftParts } from './draft-parts.ts';
import { type PartDeps, refuseTrigger } from './subscription-rules.ts';

/** Which body of a template is described: of a dialect with its defaults, or of an integration with its options. */
export const descriptionQuerySchema = z.strictObject({
  trigger: z
    .enum(PASS_TRIGGERS)
    .meta({ description: 'The trigger whose body is described.', examples: ['pass.installed'] }),
  dialect: z
    .enum(DIALECT_NAMES)
    .optional()
    .meta({ description: 'The dialect, with its default options. Required without `integrationId`.', examples: ['vibes'] }),
  integrationId: z
    .string()
    .optional()
    .meta({
      description: 'An integration, with its own options. Required without `dialect`.',
      examples: ['int_019bc1a3-0e00-7000-8000-000000000004'],
    }),
});
export type DescriptionQuery = z.infer<typeof descriptionQuerySchema>;

/** Every field of a payload, in its order, named as a mapping names it. @throws Problem not_found or invalid */
export async function describeTemplate(
  deps: PartDeps,
  tenantId: TenantId,
  id: TemplateId,
  query: DescriptionQuery,
): Promise<readonly DescribedField[]> {
  const template = await deps.templates.find(tenantId, id);
  if (!template) throw notFound('template');
  const integration = await integrationNamed(deps, tenantId, query.integrationId);
  const name = query.dialect ?? integration?.dialect;
  if (!name) throw invalid([{ pointer: '/dialect', detail: 'is required, or an integrationId' }]);
  if (integration && integration.dialect !== name) {
    throw invalid([{ pointer: '/dialect', detail: `must be ${integration.dialect}, the dialect of the integration` }]);
  }
  const dialect = dialectNamed(name);
  requireTrigger(dialect, query.trigger);
  return describe({ dialect, trigger: query.trigger, template, options: integration?.options });
}

export const draftDescriptionSchema = z.strictObject({
  ...draftPartsShape,
  trigger: z.enum(PASS_TRIGGERS).meta({ description: 'The trigger whose body is described.' }),
  options: subscriptionOptionsSchema.default({}),
});
export type DraftDescription = z.infer<typeof draftDescriptionSchema>;

/** The same for what need not be saved, with subscription options. @throws Problem invalid */
export async function describeDraft(
  deps: PartDeps & { readonly clock: Clock },
  tenantId: TenantId,
  input: DraftDescription,
): Promise<readonly DescribedField[]> {
  const { integration, template } = await findDraftParts(deps, tenantId, input);
  const dialect = dialectNamed(integration.dialect);
  requireTrigger(dialect, input.trigger);
  const checked = checkInput(dialect.subscriptionOptions, input.options, '/options');
  if (!checked.ok) throw invalid(checked.errors);
  const { trigger } = input;
  return describe({ dialect, trigger, template, options: integration.options, subscription: checked.value });
}

/** @throws Problem invalid */
function requireTrigger(dialect: Dialect, trigger: PassTrigger): void {
  const refusal = refuseTrigger(dialect, trigger);
  if (refusal) throw invalid([refusal]);
}

async function integrationNamed(
  { integrations }: PartDeps,
  tenantId: TenantId,
  name: string | undefined,
): Promise<Integration | undefined> {
  if (name === undefined) return undefined;
  const id = parseId('integration', name);
  const integration = id && (await integrations.find(tenantId, id));
  if (!integration) throw invalid([{ pointer: '/integrationId', detail: 'names no integration of this tenant' }]);
  return integration;
}
