import { z } from 'zod';
import type { IntegrationId, SecretId, TenantId } from './id.ts';
import { jsonValueSchema } from './json-value.ts';
import { type Limits, limitsSchema } from './limits.ts';
import { type OwnSignature, ownSignatureSchema } from './own-signature.ts';
import { type PolicyOverride, policyOverrideSchema } from './policy.ts';
import type { Versioned } from './row-version.ts';
import type { Sealed } from './secret-box.ts';
import type { SecretKind } from './signing.ts';

export const DIALECT_NAMES = [
  'walletthat',
  'walletthat-postback',
  'vibes',
  'passcreator',
  'passentry',
  'standard',
  'cloudevents',
] as const;
export type DialectName = (typeof DIALECT_NAMES)[number];

/** Header names of Passwire, of the vendors, or of the connection itself: an integration cannot set them. */
export const RESERVED_HEADERS: ReadonlySet<string> = new Set([
  'webhook-id',
  'webhook-timestamp',
  'webhook-signature',
  'webhook-request-origin',
  'x-webhook-event',
  'x-webhook-test',
  'x-webhook-signature',
  'content-type',
  'content-length',
  'content-encoding',
  'transfer-encoding',
  'host',
  'connection',
  'keep-alive',
  'upgrade',
  'te',
  'trailer',
  'expect',
  'proxy-authorization',
  'proxy-connection',
]);

const headerName = z
  .string()
  .regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}$/, { error: 'must be a header name (letters, digits and dashes)' })
  .refine((name) => !RESERVED_HEADERS.has(name.toLowerCase()), { error: 'is a header that Passwire sets itself' });
const headerValue = z
  .string()
  .max(4096)
  .regex(/^[\t\x20-\x7e]*$/, { error: 'must be printable ASCII on one line' });

/** Extra headers of every request to an integration. Names are compared without case. */
const extraHeadersSchema = z.record(headerName, headerValue).refine(
  (headers) => {
    const names = Object.keys(headers).map((name) => name.toLowerCase());
    return names.length <= 20 && new Set(names).size === names.length;
  },
  { error: 'must be at most 20 headers, each name once' },
);

/** An integration as a tenant writes it; `options` is checked by the dialect's own schema. */
export const integrationInputSchema = z.strictObject({
  name: z.string().min(1).max(255).meta({ description: 'The name, for people.' }),
  dialect: z.enum(DIALECT_NAMES).meta({ description: 'The vendor whose webhooks are sent.' }),
  options: z.record(z.string(), jsonValueSchema).default({}).meta({ description: 'Options of the dialect.' }),
  headers: extraHeadersSchema.default({}).meta({
    description: 'Extra headers of every request, at most 20. Values are stored encrypted and returned as `***`.',
  }),
  policy: policyOverrideSchema.default({}),
  limits: limitsSchema.default({}),
  signature: ownSignatureSchema
    .nullable()
    .default(null)
    .meta({ description: "A signature in another sender's form, beside ours. Null: none." }),
});

export interface Integration extends Versioned {
  readonly id: IntegrationId;
  readonly tenantId: TenantId;
  readonly name: string;
  readonly dialect: DialectName;
  /** As parsed by the dialect's schema, with its defaults. */
  readonly options: object;
  /** Extra headers may carry credentials, so they are sealed like secrets; undefined when there are none. */
  readonly headers: Sealed | undefined;
  readonly policy: PolicyOverride;
  /** For each of its endpoints. */
  readonly limits: Limits;
  /** Beside the signatures of Standard Webhooks and of the dialect. */
  readonly signature: OwnSignature | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** A signing secret as it is stored. `expiresAt` is set on the old one of a rotation: until then both sign. */
export interface StoredSecret {
  readonly id: SecretId;
  readonly integrationId: IntegrationId;
  readonly kind: SecretKind;
  readonly sealed: Sealed;
  readonly publicKey: string | undefined;
  readonly createdAt: Date;
  readonly expiresAt: Date | undefined;
}
