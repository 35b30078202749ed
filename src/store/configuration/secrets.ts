import { type IntegrationId, type SecretId, type TenantId, toId, toUuid } from '../../domain/id.ts';
import type { StoredSecret } from '../../domain/integration.ts';
import type { SecretKind } from '../../domain/signing.ts';
import type { Database, Statements } from '../database.ts';
import { Prisma } from '../generated/client.ts';

interface SecretRow {
  readonly id: string;
  readonly integration_id: string;
  readonly kind: string;
  readonly key_id: string;
  readonly box: Uint8Array;
  readonly public_key: string | null;
  readonly created_at: Date;
  readonly expires_at: Date | null;
}

/** Not expired by the database's clock. */
const active = Prisma.sql`(expires_at IS NULL OR expires_at > now())`;
/** Not rounded up to the column's milliseconds, so that what ends now has ended in this transaction too. */
const endsNow = Prisma.sql`date_trunc('milliseconds', now())`;

/** Returns the active secrets of one integration, or of all of the tenant's integrations, newest first. */
export async function readSecrets(
  db: Database | Statements,
  tenantId: TenantId,
  integrationId?: IntegrationId,
): Promise<StoredSecret[]> {
  const ofOne = integrationId ? Prisma.sql`AND id = ${toUuid(integrationId)}::uuid` : Prisma.empty;
  // integrations_tenant_id_id_idx, secrets_integration_id_idx
  const rows = await db.$queryRaw<SecretRow[]>`
    SELECT id, integration_id, kind, key_id, box, public_key, created_at, expires_at FROM secrets
    WHERE integration_id IN
        (SELECT id FROM integrations WHERE tenant_id = ${toUuid(tenantId)}::uuid AND deleted_at IS NULL ${ofOne})
      AND ${active}
    ORDER BY created_at DESC, id DESC`;
  return rows.map(secretOf);
}

/** The secrets of an integration that have a public key, also those that have ended; newest first. */
export async function readPublicKeys(
  db: Database,
  tenantId: TenantId,
  integrationId: IntegrationId,
): Promise<StoredSecret[]> {
  // secrets_integration_id_idx
  const rows = await db.$queryRaw<SecretRow[]>`
    SELECT id, integration_id, kind, key_id, box, public_key, created_at, expires_at FROM secrets
    WHERE integration_id = ${toUuid(integrationId)}::uuid AND tenant_id = ${toUuid(tenantId)}::uuid AND public_key IS NOT NULL
    ORDER BY created_at DESC, id DESC`;
  return rows.map(secretOf);
}

/** Made at the time of the store, by which the newest of several secrets is known: the clocks of API processes may differ. */
export async function insertSecret(tx: Statements, tenantId: TenantId, secret: StoredSecret): Promise<void> {
  const { id, integrationId, kind, sealed, publicKey, expiresAt } = secret;
  await tx.secret.create({
    data: {
      id: toUuid(id),
      tenantId: toUuid(tenantId),
      integrationId: toUuid(integrationId),
      kind,
      keyId: sealed.keyId,
      box: Uint8Array.from(sealed.box),
      publicKey: publicKey ?? null,
      expiresAt: expiresAt ?? null,
    },
  });
}

/** Makes the integration's active secrets of one kind expire after `afterMs` at the latest. */
export async function expireSecrets(
  tx: Statements,
  tenantId: TenantId,
  integrationId: IntegrationId,
  kind: SecretKind,
  afterMs: number,
): Promise<void> {
  await tx.$executeRaw`
    UPDATE secrets SET expires_at = least(expires_at, ${endsNow} + ${afterMs}::float8 * interval '1 ms')
    WHERE integration_id = ${toUuid(integrationId)}::uuid AND tenant_id = ${toUuid(tenantId)}::uuid AND kind = ${kind}
      AND ${active}`;
}

/** Expires a secret now. False when the secret does not exist or is not active. */
export async function revokeSecret(
  tx: Statements,
  tenantId: TenantId,
  integrationId: IntegrationId,
  id: SecretId,
): Promise<boolean> {
  const revoked = await tx.$executeRaw`
    UPDATE secrets SET expires_at = ${endsNow}
    WHERE id = ${toUuid(id)}::uuid AND integration_id = ${toUuid(integrationId)}::uuid
      AND tenant_id = ${toUuid(tenantId)}::uuid AND ${active}`;
  return revoked > 0;
}

function secretOf(row: SecretRow): StoredSecret {
  return {
    id: toId('secret', row.id),
    integrationId: toId('integration', row.integration_id),
    kind: row.kind as SecretKind,
    sealed: { keyId: row.key_id, box: row.box },
    publicKey: row.public_key ?? undefined,
    createdAt: row.created_at,
    expiresAt: row.expires_at ?? undefined,
  };
}
