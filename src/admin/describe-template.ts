import { z } from 'zod';
import { type DescribedField, describe } from '../dialects/describe.ts';
import { dialectNamed } from '../dialects/index.ts';
import { invalid, notFound } from '../domain/errors.ts';
import { parseId, type TemplateId, type TenantId } from '../domain/id.ts';
import { DIALECT_NAMES, type Integration } from '../domain/integration.ts';
import { PASS_TRIGGERS } from '../domain/trigger.ts';
import type { PartDeps } from './subscription-rules.ts';

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
  if (dialect.eventNames[query.trigger] === undefined) {
    const triggers = Object.keys(dialect.eventNames).join(', ');
    throw invalid([{ pointer: '/trigger', detail: `is not a trigger of ${name}; it has ${triggers}` }]);
  }
  return describe({ dialect, trigger: query.trigger, template, options: integration?.options });
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
