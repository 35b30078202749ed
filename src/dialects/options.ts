import { z } from 'zod';
import { jsonValueSchema } from '../domain/json-value.ts';
import type { Dialect } from './dialect.ts';
import { DIALECTS } from './index.ts';

/** Integration options before the dialect is known; the dialect's own schema checks them. */
export const integrationOptionsSchema = anyOptions(({ options }) => options).meta({
  id: 'IntegrationOptions',
  title: 'Integration options',
  description: 'Options of the dialect of the integration.',
  examples: [{ companyKey: 'acme' }],
});

/** Subscription options before the dialect is known; the dialect's own schema checks them. */
export const subscriptionOptionsSchema = anyOptions(({ subscriptionOptions }) => subscriptionOptions).meta({
  id: 'SubscriptionOptions',
  title: 'Subscription options',
  description: 'Subscription options of the dialect of the integration.',
  examples: [{ changedOnly: false }],
});

/** Members of options to change: of the dialect's schema, none is required here. */
export const optionsPatchSchema = z.record(z.string(), jsonValueSchema).meta({
  description: "Members of the dialect's options to change. Null restores a default.",
});

/** Accepts any object; documented as any of the dialects' named schemas. */
function anyOptions(schemaOf: (dialect: Dialect) => z.ZodType) {
  const anyOf = Object.values(DIALECTS).map((dialect) => ({
    $ref: `#/components/schemas/${schemaOf(dialect).meta()?.id}`,
  }));
  return z.record(z.string(), jsonValueSchema).meta({
    override: ({ jsonSchema }: { jsonSchema: Record<string, unknown> }) => {
      for (const keyword of ['type', 'propertyNames', 'additionalProperties']) delete jsonSchema[keyword];
      jsonSchema.anyOf = anyOf;
    },
  });
}
