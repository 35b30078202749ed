import { type EndpointId, type TenantId, toUuid } from '../../domain/id.ts';
import type { DisabledReason } from '../../domain/subscription.ts';
import type { Statements } from '../database.ts';
import { addUnsubscribeDeliveries } from '../deliveries/unsubscribe-deliveries.ts';
import { Prisma } from '../generated/client.ts';

// Statements that change several subscriptions of one tenant. They must run in a transaction that raises the tenant's
// configuration version, and return the UUIDs of the changed subscriptions.

/**
 * Soft-deletes the subscriptions that match `condition`; all of the tenant's by default. Receivers that want to know are told by a
 * delivery of its own, unless it was they who asked for it.
 */
export async function deleteSubscriptions(
  tx: Statements,
  tenantId: TenantId,
  { condition = Prisma.sql`true`, tell = true }: { readonly condition?: Prisma.Sql; readonly tell?: boolean } = {},
): Promise<string[]> {
  // subscriptions_tenant_id_id_idx
  const rows = await tx.$queryRaw<{ id: string; unsubscribe_url: string | null }[]>`
    UPDATE subscriptions SET deleted_at = now()
    WHERE tenant_id = ${toUuid(tenantId)}::uuid AND deleted_at IS NULL AND ${condition}
    RETURNING id, unsubscribe_url`;
  const told = tell ? rows.filter(({ unsubscribe_url }) => unsubscribe_url !== null) : [];
  if (told.length > 0)
    await addUnsubscribeDeliveries(
      tx,
      told.map(({ id }) => id),
    );
  return rows.map(({ id }) => id);
}

/** Soft-deletes the enabled subscriptions of an endpoint that end when it is gone. */
export function endSubscriptions(tx: Statements, tenantId: TenantId, endpointId: EndpointId): Promise<string[]> {
  const ends = Prisma.sql`endpoint_id = ${toUuid(endpointId)}::uuid AND disabled IS NULL AND on_gone = 'end'`;
  return deleteSubscriptions(tx, tenantId, { condition: ends, tell: false });
}

/** Disables the enabled subscriptions of an endpoint. */
export async function disableSubscriptions(
  tx: Statements,
  tenantId: TenantId,
  endpointId: EndpointId,
  reason: DisabledReason,
): Promise<string[]> {
  // subscriptions_endpoint_id_idx
  const rows = await tx.$queryRaw<{ id: string }[]>`
    UPDATE subscriptions SET disabled = ${reason}, updated_at = now()
    WHERE endpoint_id = ${toUuid(endpointId)}::uuid AND tenant_id = ${toUuid(tenantId)}::uuid
      AND disabled IS NULL AND deleted_at IS NULL
    RETURNING id`;
  return rows.map(({ id }) => id);
}

/** Enables the subscriptions of an endpoint that were disabled because the endpoint was gone (410), kept failing or was paused. */
export async function enableSubscriptions(tx: Statements, tenantId: TenantId, endpointId: EndpointId): Promise<string[]> {
  // subscriptions_endpoint_id_idx
  const rows = await tx.$queryRaw<{ id: string }[]>`
    UPDATE subscriptions SET disabled = NULL, disabled_by = NULL, updated_at = now()
    WHERE endpoint_id = ${toUuid(endpointId)}::uuid AND tenant_id = ${toUuid(tenantId)}::uuid
      AND disabled IN ('gone', 'failing', 'paused') AND deleted_at IS NULL
    RETURNING id`;
  return rows.map(({ id }) => id);
}
