import { z } from 'zod';
import { blankHeaders, type ExtraHeaders, openHeaders } from '../admin/extra-headers.ts';
import type { ShownSecret } from '../admin/secrets.ts';
import { DIALECT_NAMES, type Integration, type StoredSecret } from '../domain/integration.ts';
import { jsonValueSchema } from '../domain/json-value.ts';
import { limitsSchema } from '../domain/limits.ts';
import { ownSignatureSchema } from '../domain/own-signature.ts';
import { policyOverrideSchema } from '../domain/policy.ts';
import type { SecretBox } from '../domain/secret-box.ts';
import { SECRET_KINDS } from '../domain/signing.ts';
import type { Page } from '../ports/page.ts';
import { EXAMPLE_IDS } from './example-ids.ts';
import { createdAtAnswer, idAnswer, instantAnswer, showInstant, updatedAtAnswer, versionAnswer } from './paging.ts';
import { fieldErrorSchema } from './problem.ts';
import type { Context } from './route.ts';

const SECRET_EXAMPLE = {
  id: EXAMPLE_IDS.secret,
  kind: 'webhook',
  createdAt: '2026-01-15T12:00:00.000Z',
  expiresAt: null,
  value: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8G',
};
const PUBLIC_KEY_EXAMPLE = {
  id: EXAMPLE_IDS.secret,
  kind: 'webhook-ed25519',
  createdAt: '2026-01-15T12:00:00.000Z',
  expiresAt: null,
  publicKey: 'whpk_1m2ZVZy3Q0cJr6lqjv6d0Y9vRjvXl0cWm3kq2c9gk5E=',
  retiredAt: null,
};

const secretSchema = z
  .strictObject({
    id: idAnswer('secret', 'Its id.'),
    kind: z.enum(SECRET_KINDS).meta({ description: 'What it signs; `listDialects` describes each kind.' }),
    createdAt: createdAtAnswer,
    expiresAt: instantAnswer.nullable().meta({
      description: 'Until when a replaced secret signs as well. Null: it is the current one.',
    }),
    publicKey: z.string().optional().meta({ description: 'The public key, for the kinds that have one.' }),
    value: z.string().optional().meta({
      description: 'The secret, only in the response to the request that created it. Empty when that response is repeated.',
    }),
  })
  .meta({ id: 'Secret', description: 'A signing secret.', examples: [SECRET_EXAMPLE] });

const publicKeySchema = secretSchema
  .omit({ value: true })
  .required({ publicKey: true })
  .extend({
    retiredAt: instantAnswer.nullable().meta({
      description:
        'From when it signs nothing new. It stays listed, because retries and replays send the bytes that it signed. Null: it is the current one.',
    }),
  })
  .meta({ id: 'PublicKey', description: 'A key that receivers verify signatures with.', examples: [PUBLIC_KEY_EXAMPLE] });

const INTEGRATION_EXAMPLE = {
  id: EXAMPLE_IDS.integration,
  tenantId: EXAMPLE_IDS.tenant,
  name: 'CRM',
  dialect: 'vibes',
  options: { companyKey: 'acme' },
  headers: { authorization: '***' },
  policy: { timeoutMs: 5000 },
  limits: { maxInFlight: 20 },
  signature: null,
  secrets: [SECRET_EXAMPLE],
  warnings: [],
  version: 7,
  createdAt: '2026-01-15T12:00:00.000Z',
  updatedAt: '2026-01-15T12:00:00.000Z',
};

export const integrationSchema = z
  .strictObject({
    id: idAnswer('integration', 'Its id.'),
    tenantId: idAnswer('tenant', 'Its tenant.'),
    name: z.string().meta({ description: 'The name, for people.' }),
    dialect: z.enum(DIALECT_NAMES).meta({ description: 'The vendor whose webhooks are sent.' }),
    options: z.record(z.string(), jsonValueSchema).meta({ description: 'The options of the dialect, defaults included.' }),
    headers: z
      .record(z.string(), z.string())
      .meta({ description: 'The names of the extra headers, each with the value `***`.' }),
    policy: policyOverrideSchema,
    limits: limitsSchema,
    signature: ownSignatureSchema.nullable().meta({ description: "A signature in another sender's form. Null: none." }),
    secrets: z.array(secretSchema).meta({ description: 'All secrets that sign now, newest first.' }),
    warnings: z.array(fieldErrorSchema).meta({
      description:
        'Secrets and extra headers that cannot be decrypted. Deliveries wait until they can be, or are replaced.',
    }),
    version: versionAnswer,
    createdAt: createdAtAnswer,
    updatedAt: updatedAtAnswer,
  })
  .meta({
    id: 'Integration',
    description: 'A receiving system of a tenant.',
    examples: [INTEGRATION_EXAMPLE],
  });

export const rotatedSchema = integrationSchema
  .extend({
    openDeliveries: z.int().meta({
      description:
        'For keys that sign inside the body: open deliveries that the old key signed. Their bytes stay, so its public key stays listed. Else 0.',
    }),
  })
  .meta({
    id: 'RotatedIntegration',
    description: 'An integration after one of its secrets was replaced.',
    examples: [{ ...INTEGRATION_EXAMPLE, openDeliveries: 0 }],
  });

type ShownIntegration = z.infer<typeof integrationSchema>;

export const publicKeysSchema = z
  .strictObject({ keys: z.array(publicKeySchema).meta({ description: 'The keys, newest first.' }) })
  .meta({
    id: 'PublicKeys',
    description: 'The keys that receivers verify signatures with.',
    examples: [{ keys: [PUBLIC_KEY_EXAMPLE] }],
  });

type AnySecret = StoredSecret & Partial<Pick<ShownSecret, 'value'>>;

function showSecret({ id, kind, publicKey, createdAt, expiresAt, value }: AnySecret): z.infer<typeof secretSchema> {
  const times = { createdAt: createdAt.toISOString(), expiresAt: showInstant(expiresAt) };
  return { id, kind, ...times, ...(publicKey ? { publicKey } : {}), ...(value ? { value } : {}) };
}

function unsigned({ signature }: Integration, secrets: readonly AnySecret[]): z.infer<typeof fieldErrorSchema>[] {
  if (!signature || secrets.some(({ kind }) => kind === 'signature')) return [];
  const detail = 'has no secret yet, so that its header is not sent: rotate the kind `signature`';
  return [{ pointer: '/signature', detail }];
}

export function showPublicKey(secret: StoredSecret): z.infer<typeof publicKeySchema>[] {
  const { value: _value, ...shown } = showSecret(secret);
  return shown.publicKey ? [{ ...shown, publicKey: shown.publicKey, retiredAt: shown.expiresAt }] : [];
}

export function showIntegration(
  context: Context,
  integration: Integration,
  secrets: readonly AnySecret[],
): ShownIntegration {
  const { id, tenantId, name, dialect, options, policy, limits, signature, version, createdAt, updatedAt } = integration;
  const headers = openHeaders(context.box, integration);
  const times = { createdAt: createdAt.toISOString(), updatedAt: updatedAt.toISOString() };
  return {
    id,
    tenantId,
    name,
    dialect,
    options: { ...options } as ShownIntegration['options'],
    headers: blankHeaders(headers ?? {}),
    policy,
    limits,
    signature,
    secrets: secrets.map(showSecret),
    warnings: [...unreadableParts(context.box, headers, secrets), ...unsigned(integration, secrets)],
    version,
    ...times,
  };
}

function unreadableParts(
  box: SecretBox,
  headers: ExtraHeaders | undefined,
  secrets: readonly AnySecret[],
): z.infer<typeof fieldErrorSchema>[] {
  const warning = (pointer: string, repair: string) => ({
    pointer,
    detail: `cannot be decrypted with the keys of this installation: ${repair}, or let the operator restore the key`,
  });
  const unreadable = secrets.flatMap(({ sealed, kind }, index) =>
    box.tryOpen(sealed) === undefined ? [warning(`/secrets/${index}`, `rotate ${kind} with overlapHours 0`)] : [],
  );
  return headers ? unreadable : [warning('/headers', 'send all of them again'), ...unreadable];
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

/** Blanks the secrets: a repeated request does not get them again. */
export function blankSecrets<T extends Pick<ShownIntegration, 'secrets'>>(integration: T): T {
  return {
    ...integration,
    secrets: integration.secrets.map((secret) => ('value' in secret ? { ...secret, value: '' } : secret)),
  };
}
