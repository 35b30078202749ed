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
