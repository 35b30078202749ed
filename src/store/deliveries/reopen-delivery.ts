import { type DeliveryId, type TenantId, toUuid } from '../../domain/id.ts';
import type { Reopened } from '../../ports/deliveries.ts';
import type { Statements } from '../database.ts';
import { Prisma } from '../generated/client.ts';
import { DUE_COLUMNS, type DueRow, dueDelivery } from './due-row.ts';
import { findOrderedPass, releaseFirst, takeSequence } from './pass-orders.ts';

/**
 * Opens an ended delivery again, at its subscription's current endpoint, and closes its dead letter as replayed. Of
 * concurrent calls, one opens it. Must run in a transaction: it locks an ordered pass, and may take a sequence that stays
 * unused.
 *
 * @returns undefined when the delivery has not ended or does not exist
 */
export async function reopenDelivery(
  tx: Statements,
  tenantId: TenantId,
  id: DeliveryId,
  by: string,
): Promise<Reopened | undefined> {
  const pass = await findOrderedPass(
    tx,
    Prisma.sql`SELECT subscription_id, pass_id FROM deliveries
      WHERE id = ${toUuid(id)}::uuid AND tenant_id = ${toUuid(tenantId)}::uuid AND NOT test`,
  );
  const sequence = pass && (await takeSequence(tx, pass));
  const [row] = await tx.$queryRaw<DueRow[]>`
    WITH opened AS (
      UPDATE deliveries
      SET state = ${pass ? 'blocked' : 'pending'}, sequence = ${sequence ?? null}, due_at = CASE WHEN ${!pass} THEN now() END,
        endpoint_id = (SELECT s.endpoint_id FROM subscriptions s WHERE s.id = subscription_id),
        attempts_before = attempts, ended_at = NULL, ended_reason = NULL, ended_by = NULL
      WHERE id = ${toUuid(id)}::uuid AND tenant_id = ${toUuid(tenantId)}::uuid AND state IN ('succeeded', 'dead', 'cancelled')
      RETURNING id, tenant_id, endpoint_id, attempts
    ), closed AS (
      UPDATE dead_letters l SET closed_at = now(), closed_as = 'replayed', closed_by = ${by}
      FROM opened WHERE l.delivery_id = opened.id AND l.closed_at IS NULL
    )
    SELECT ${DUE_COLUMNS} FROM opened`;
  const released = pass ? await releaseFirst(tx, [pass]) : undefined;
  return row && { deliveryId: id, due: released ?? [dueDelivery(row)] };
}
