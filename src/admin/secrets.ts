import { z } from 'zod';
import { dialectNamed } from '../dialects/index.ts';
import { invalid, notFound } from '../domain/errors.ts';
import { type IntegrationId, newId, type TenantId } from '../domain/id.ts';
import type { Integration, StoredSecret } from '../domain/integration.ts';
import { hasRoomForTwo } from '../domain/own-signature.ts';
import { type ExpectedVersions, requireVersion } from '../domain/row-version.ts';
import type { SecretBox } from '../domain/secret-box.ts';
import { generateSecret, SECRET_KINDS, type SecretKind } from '../domain/signing.ts';
import type { TenantBounds } from '../domain/tenant-bounds.ts';
import type { ConfigSource, IntegrationStore } from '../ports/configuration.ts';
import type { DeliveryStore } from '../ports/deliveries.ts';
import type { Clock } from '../ports/process.ts';
import { broughtSecretSchema } from './brought-secret.ts';

export interface SecretDeps {
  readonly integrations: Pick<IntegrationStore, 'find' | 'secrets' | 'rotate'>;
  readonly bounds: TenantBounds;
  readonly box: SecretBox;
  readonly clock: Clock;
}

export interface RotationDeps extends SecretDeps {
  readonly configSource: ConfigSource;
  readonly deliveries: Pick<DeliveryStore, 'countBuilt'>;
}

/** A secret as it is returned: `value` only in the response that created it. */
export interface ShownSecret extends StoredSecret {
  readonly value: string | undefined;
}

const MIN_WEBHOOK_BYTES = 24;
const MAX_WEBHOOK_BYTES = 64;

/** Secrets of tenants that bring their own (Standard Webhooks 1.0.0: 24 to 64 bytes, base64). */
export const ownSecretsSchema = z
  .strictObject({
    webhook: z
      .string()
      .refine(isWebhookSecret, {
        error: `must be whsec_ and the base64 of ${MIN_WEBHOOK_BYTES} to ${MAX_WEBHOOK_BYTES} bytes`,
      })
      .optional()
      .meta({
        description: `\`whsec_\` and the base64 of ${MIN_WEBHOOK_BYTES} to ${MAX_WEBHOOK_BYTES} bytes. Missing padding is added.`,
      }),
    passentry: z
      .string()
      .min(8)
      .max(255)
      .optional()
      .meta({ description: 'The key of `X-Webhook-Signature`, for the dialect `passentry` only.' }),
    signature: broughtSecretSchema.optional().meta({ description: 'The key of the own `signature`.' }),
  })
  .meta({
    id: 'OwnSecrets',
    description: "The tenant's own secrets. Default of each: a generated one.",
    examples: [{ webhook: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8G' }],
  });

/** A webhook secret with its padding: some libraries do not load base64 without it. */
function padded(secret: string): string {
  return `whsec_${Buffer.from(secret.slice('whsec_'.length), 'base64').toString('base64')}`;
}

function isWebhookSecret(text: string): boolean {
  if (!text.startsWith('whsec_')) return false;
  const encoded = text.slice('whsec_'.length);
  const bytes = Buffer.from(encoded, 'base64');
  const isCanonical = bytes.toString('base64').replace(/=+$/, '') === encoded.replace(/=+$/, '');
  return isCanonical && bytes.length >= MIN_WEBHOOK_BYTES && bytes.length <= MAX_WEBHOOK_BYTES;
}

/** The kinds that an integration can have. The first signs every request. */
function secretKindsOf({ dialect, signature }: Integration): readonly SecretKind[] {
  return [
    'webhook',
    'webhook-ed25519',
    ...(signature ? (['signature'] as const) : []),
    ...dialectNamed(dialect).secretKinds,
  ];
}

/** Creates a secret of a kind, or takes the tenant's own. Private keys are never shown. */
export function makeSecret(
  { box, clock }: Pick<SecretDeps, 'box' | 'clock'>,
  integrationId: IntegrationId,
  kind: SecretKind,
  own?: string | Buffer,
): ShownSecret {
  const { value, publicKey } =
    own === undefined ? generateSecret(kind) : { value: ownValue(kind, own), publicKey: undefined };
  const now = new Date(clock());
  return {
    id: newId('secret', now.getTime()),
    integrationId,
    kind,
    sealed: box.seal(value),
    publicKey,
    createdAt: now,
    expiresAt: undefined,
    // private keys are never shown, nor what a tenant brought from another sender
    value: publicKey !== undefined || own instanceof Buffer ? undefined : value,
  };
}

function ownValue(kind: SecretKind, own: string | Buffer): string {
  if (typeof own !== 'string') return own.toString('base64');
  return kind === 'webhook' ? padded(own) : own;
}

/** A week: enough time to switch, short enough that an old secret ends. */
const MAX_OVERLAP_HOURS = 168;
const DEFAULT_OVERLAP_HOURS = 24;
const HOUR_MS = 3_600_000;

export const rotationSchema = z.strictObject({
  kind: z.enum(SECRET_KINDS).meta({ description: 'The kind of the secret to replace.' }),
  overlapHours: z
    .number()
    .min(0)
    .max(MAX_OVERLAP_HOURS)
    .optional()
    .meta({
      description: `How long the old secret signs as well. Default: ${DEFAULT_OVERLAP_HOURS}; 0 where there is room for one.`,
    }),
  secret: broughtSecretSchema
    .optional()
    .meta({ description: 'For the kind `signature`: the new secret. Default: a generated one.' }),
});
export type Rotation = z.infer<typeof rotationSchema>;

/**
 * Replaces the secret of a kind, or creates its first one. Webhook secrets overlap, because both can sign; a vendor's own
 * signature has room for one, so the new secret takes over at once.
 *
 * @throws Problem not_found, precondition or invalid
 */
export async function rotateSecret(
  deps: RotationDeps,
  tenantId: TenantId,
  integrationId: IntegrationId,
  { kind, overlapHours, secret }: Rotation,
  expected?: ExpectedVersions,
): Promise<Rotated> {
  const present = await deps.integrations.find(tenantId, integrationId);
  if (!present) throw notFound('integration');
  const kinds = secretKindsOf(present);
  if (!kinds.includes(kind)) {
    throw invalid([{ pointer: '/kind', detail: `is not a secret of this integration, which has ${kinds.join(', ')}` }]);
  }
  if (secret && kind !== 'signature') {
    throw invalid([{ pointer: '/secret', detail: `must be left out for ${kind}: it is generated` }]);
  }
  const canOverlap = hasRoom(present, kind);
  if (!canOverlap && overlapHours) {
    throw invalid([{ pointer: '/overlapHours', detail: `must be 0 for ${kind}: its signature has room for one secret` }]);
  }
  const fresh = makeSecret(deps, integrationId, kind, secret);
  const overlapMs = (overlapHours ?? (canOverlap ? DEFAULT_OVERLAP_HOURS : 0)) * HOUR_MS;
  const integration = await deps.integrations.rotate(tenantId, fresh, overlapMs, (current, signing) => {
    requireVersion(expected, current);
    if (signing < deps.bounds.secrets) return;
    const detail = `would leave ${signing + 1} secrets signing; the limit is ${deps.bounds.secrets}. With 0, older secrets stop signing at once`;
    throw invalid([{ pointer: '/overlapHours', detail }], 'tenant-limit');
  });
  const stored = await deps.integrations.secrets(tenantId, integrationId);
  const secrets = stored.map((secret) => ({ ...secret, value: secret.id === fresh.id ? fresh.value : undefined }));
  return { integration, secrets, openDeliveries: await countSigned(deps, integration, kind) };
}

function hasRoom({ signature }: Integration, kind: SecretKind): boolean {
  if (kind === 'signature') return signature !== null && hasRoomForTwo(signature);
  return kind === 'webhook' || kind === 'webhook-ed25519';
}

interface Rotated {
  readonly integration: Integration;
  readonly secrets: readonly ShownSecret[];
  /** Open deliveries whose body the old secret has signed: what was signed keeps its bytes (vendor-doors.md P-D8). */
  readonly openDeliveries: number;
}

async function countSigned(
  { configSource, deliveries }: RotationDeps,
  { id, tenantId, dialect: name }: Integration,
  kind: SecretKind,
): Promise<number> {
  const dialect = dialectNamed(name);
  if (!dialect.bodySigner || !dialect.secretKinds.includes(kind)) return 0;
  const config = await configSource.load(tenantId);
  const signing = [...(config?.subscriptions.values() ?? [])].filter(
    ({ integrationId, options }) => integrationId === id && dialect.bodySigner?.(options, []) !== undefined,
  );
  return deliveries.countBuilt(
    tenantId,
    signing.map((subscription) => subscription.id),
  );
}
