import { z } from 'zod';
import { blankHeaders, openHeaders } from '../admin/extra-headers.ts';
import type { ShownSecret } from '../admin/secrets.ts';
import { DIALECT_NAMES, type Integration, type StoredSecret } from '../domain/integration.ts';
import { limitsSchema } from '../domain/limits.ts';
import { policyOverrideSchema } from '../domain/policy.ts';
import { SECRET_KINDS } from '../domain/signing.ts';
import type { Page } from '../ports/page.ts';
import { instantAnswer, showInstant } from './paging.ts';
import type { Context } from './route.ts';

const secretSchema = z.strictObject({
  id: z.string(),
  kind: z.enum(SECRET_KINDS),
  createdAt: instantAnswer,
  expiresAt: instantAnswer.nullable(),
  publicKey: z.string().optional(),
  value: z.string().optional().meta({ description: 'Only in the answer to the request that made it.' }),
});

export const integrationSchema = z
  .strictObject({
    id: z.string(),
    tenantId: z.string(),
    name: z.string(),
    dialect: z.enum(DIALECT_NAMES),
    options: z.looseObject({}),
    headers: z.record(z.string(), z.string()).meta({ description: 'Names of the extra headers; values are blanked.' }),
    policy: policyOverrideSchema,
    limits: limitsSchema,
    secrets: z.array(secretSchema),
    createdAt: instantAnswer,
    updatedAt: instantAnswer,
  })
  .meta({ id: 'Integration' });
type ShownIntegration = z.infer<typeof integrationSchema>;

export const publicKeysSchema = z.strictObject({
  keys: z.array(secretSchema.omit({ value: true }).required({ publicKey: true })),
});

type AnySecret = StoredSecret & Partial<Pick<ShownSecret, 'value'>>;

export function showSecret({ id, kind, publicKey, createdAt, expiresAt, value }: AnySecret): z.infer<typeof secretSchema> {
  const times = { createdAt: createdAt.toISOString(), expiresAt: showInstant(expiresAt) };
  return { id, kind, ...times, ...(publicKey ? { publicKey } : {}), ...(value ? { value } : {}) };
}

export function showIntegration(
  context: Context,
  integration: Integration,
  secrets: readonly AnySecret[],
): ShownIntegration {
  const { id, tenantId, name, dialect, options, policy, limits, createdAt, updatedAt } = integration;
  const headers = blankHeaders(openHeaders(context.box, integration));
  const times = { createdAt: createdAt.toISOString(), updatedAt: updatedAt.toISOString() };
  return {
    id,
    tenantId,
    name,
    dialect,
    options: { ...options },
    headers,
    policy,
    limits,
    secrets: secrets.map(showSecret),
    ...times,
  };
}

export async function showWithSecrets(context: Context, integration: Integration): Promise<ShownIntegration> {
  return showIntegration(context, integration, await context.integrations.secrets(integration.tenantId, integration.id));
}

export async function showIntegrations(context: Context, { data, nextCursor }: Page<Integration>) {
  return {
    data: await Promise.all(data.map((integration) => showWithSecrets(context, integration))),
    nextCursor: nextCursor ?? null,
  };
}

/** Secrets are not repeated to whoever repeats the request. */
export function blankSecrets(integration: ShownIntegration): ShownIntegration {
  return {
    ...integration,
    secrets: integration.secrets.map((secret) => ('value' in secret ? { ...secret, value: '' } : secret)),
  };
}
