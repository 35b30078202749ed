import { type DeliveryId, type TenantId, toUuid } from '../../domain/id.ts';
import type { NotReopened, Reopened } from '../../ports/deliveries.ts';
import { recordAct } from '../audit/act.ts';
import type { Statements } from '../database.ts';
import { Prisma } from '../generated/client.ts';
import { DUE_COLUMNS, type DueRow, dueDelivery } from './due-row.ts';
import { lockSubscription } from './lock-subscription.ts';
import { noteChange, openedBy } from './note-change.ts';
import { findOrderedPass, releaseFirst, takeSequence } from './pass-orders.ts';
import { restoreContent } from './restore-content.ts';

// Locks are taken in this order by all that open an ended delivery: subscription, dead letter, ordered pass, delivery.

/** Opens an ended delivery again and closes its dead letter as replayed. Must run in a transaction. */
export async function reopenDelivery(
  tx: Statements,
  tenantId: TenantId,
  id: DeliveryId,
  by: string,
): Promise<Reopened | NotReopened> {
  const subscription = Prisma.sql`
    SELECT subscription_id FROM deliveries WHERE id = ${toUuid(id)}::uuid AND tenant_id = ${toUuid(tenantId)}::uuid`;
  if (!(await lockSubscription(tx, subscription))) return 'subscription-gone';
  const letters = await tx.$queryRaw<{ readonly id: string }[]>`
    SELECT id FROM dead_letters WHERE delivery_id = ${toUuid(id)}::uuid AND closed_at IS NULL FOR UPDATE`;
  if (!(await restoreContent(tx, id))) return 'content-removed';
  const reopened = await openEnded(tx, tenantId, id, by);
  if (reopened && letters.length > 0) {
    await tx.$executeRaw`
      UPDATE dead_letters SET closed_at = now(), closed_as = 'replayed', closed_by = ${by}
      WHERE delivery_id = ${toUuid(id)}::uuid AND closed_at IS NULL`;
  }
  if (!reopened) return 'not-ended';
  await recordAct(tx, { tenantId, action: 'delivery.replayed', kind: 'delivery', target: id, after: { mode: 'same' } });
  return reopened;
}

/**
 * Opens an ended delivery again, at its subscription's current endpoint. Of concurrent calls, one opens it. The subscription
 * must be locked. An ordered pass is locked too, and may take a sequence that stays unused.
 *
 * @returns undefined when the delivery has not ended or does not exist
 */
export async function openEnded(
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
    UPDATE deliveries
    SET state = ${pass ? 'blocked' : 'pending'}, sequence = ${sequence ?? null}, due_at = CASE WHEN ${!pass} THEN now() END,
      endpoint_id = (SELECT s.endpoint_id FROM subscriptions s WHERE s.id = subscription_id),
      attempts_before = attempts, planned_at = NULL, ended_at = NULL, ended_reason = NULL, ended_by = NULL,
      ${noteChange('replayed', openedBy(by))}
    WHERE id = ${toUuid(id)}::uuid AND tenant_id = ${toUuid(tenantId)}::uuid AND state IN ('succeeded', 'dead', 'cancelled')
    RETURNING ${DUE_COLUMNS}`;
  const released = pass ? await releaseFirst(tx, [pass]) : undefined;
  return row && { deliveryId: id, due: released ?? [dueDelivery(row)] };
}
