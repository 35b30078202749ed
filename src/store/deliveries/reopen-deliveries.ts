import { type DeliveryId, type SubscriptionId, type TenantId, toId, toUuid } from '../../domain/id.ts';
import type { NotReopened } from '../../ports/deliveries.ts';
import type { DueDelivery } from '../../ports/queue.ts';
import type { Statements } from '../database.ts';
import { partitionSpan } from '../partition-span.ts';
import { DUE_COLUMNS, type DueRow, dueDelivery } from './due-row.ts';
import { noteChange, openedBy } from './note-change.ts';
import { reopenDelivery } from './reopen-delivery.ts';
import { restoreContent } from './restore-content.ts';

interface Ended {
  readonly deliveryId: DeliveryId;
  readonly subscriptionId: SubscriptionId;
}

/** What is due because a delivery was opened, or why it was not opened. */
export type ReopenedEach = ReadonlyMap<DeliveryId, readonly DueDelivery[] | NotReopened>;

/**
 * Does what `reopenDelivery` does for many: those of unordered subscriptions in three statements, ordered ones one after another, in
 * the order given, which becomes theirs.
 */
export async function reopenDeliveries(
  tx: Statements,
  tenantId: TenantId,
  ended: readonly Ended[],
  by: string,
): Promise<ReopenedEach> {
  if (ended.length === 0) return new Map();
  const subscriptions = await lockSubscriptions(tx, ended);
  const results = new Map<DeliveryId, readonly DueDelivery[] | NotReopened>();
  const unordered: DeliveryId[] = [];
  for (const { deliveryId, subscriptionId } of ended) {
    const ordering = subscriptions.get(subscriptionId);
    results.set(deliveryId, ordering ? 'not-ended' : 'subscription-gone');
    if (ordering === 'none') unordered.push(deliveryId);
  }
  const { opened, removed } = await openUnordered(tx, tenantId, unordered, by);
  for (const due of opened) results.set(due.deliveryId, [due]);
  for (const id of removed) results.set(id, 'content-removed');
  for (const { deliveryId, subscriptionId } of ended) {
    if (subscriptions.get(subscriptionId) !== 'pass') continue;
    const reopened = await reopenDelivery(tx, tenantId, deliveryId, by);
    results.set(deliveryId, typeof reopened === 'string' ? reopened : reopened.due);
  }
  return results;
}

/** As `lockSubscription` does. The ordering of each one that exists. */
async function lockSubscriptions(
  tx: Statements,
  ended: readonly Ended[],
): Promise<ReadonlyMap<SubscriptionId, 'none' | 'pass'>> {
  const ids = [...new Set(ended.map(({ subscriptionId }) => toUuid(subscriptionId)))];
  const rows = await tx.$queryRaw<{ id: string; ordering: 'none' | 'pass' }[]>`
    SELECT id, ordering FROM subscriptions WHERE id = ANY(${ids}::uuid[]) AND deleted_at IS NULL ORDER BY id FOR SHARE`;
  return new Map(rows.map(({ id, ordering }) => [toId('subscription', id), ordering]));
}

async function openUnordered(
  tx: Statements,
  tenantId: TenantId,
  ids: readonly DeliveryId[],
  by: string,
): Promise<{ readonly opened: readonly DueDelivery[]; readonly removed: ReadonlySet<DeliveryId> }> {
  if (ids.length === 0) return { opened: [], removed: new Set() };
  const uuids = ids.map(toUuid);
  const letters = await tx.$queryRaw<{ id: string; delivery_id: string }[]>`
    SELECT id, delivery_id FROM dead_letters WHERE delivery_id = ANY(${uuids}::uuid[]) AND closed_at IS NULL
    ORDER BY id FOR UPDATE`;
  const { from, to } = partitionSpan(ids);
  const removed = await restoreEach(tx, uuids, { from, to });
  const rows = await tx.$queryRaw<DueRow[]>`
    UPDATE deliveries
    SET state = 'pending', sequence = NULL, due_at = now(),
      endpoint_id = (SELECT s.endpoint_id FROM subscriptions s WHERE s.id = subscription_id),
      attempts_before = attempts, planned_at = NULL, ended_at = NULL, ended_reason = NULL, ended_by = NULL,
      ${noteChange('replayed', openedBy(by))}
    WHERE id = ANY(${uuids}::uuid[]) AND id >= ${from}::uuid AND id < ${to}::uuid AND tenant_id = ${toUuid(tenantId)}::uuid
      AND coalesce(state, '') IN ('succeeded', 'dead', 'cancelled') AND removed_as IS NULL
    RETURNING ${DUE_COLUMNS}`;
  const opened = new Set(rows.map(({ id }) => id));
  const closed = letters.filter(({ delivery_id }) => opened.has(delivery_id)).map(({ id }) => id);
  if (closed.length > 0) {
    await tx.$executeRaw`
      UPDATE dead_letters SET closed_at = now(), closed_as = 'replayed', closed_by = ${by} WHERE id = ANY(${closed}::uuid[])`;
  }
  return { opened: rows.map(dueDelivery), removed };
}

/** Restores the content of those of which it was removed. Returns those of which it cannot be. */
async function restoreEach(
  tx: Statements,
  uuids: readonly string[],
  { from, to }: { readonly from: string; readonly to: string },
): Promise<ReadonlySet<DeliveryId>> {
  const without = await tx.$queryRaw<{ id: string }[]>`
    SELECT id FROM deliveries
    WHERE id = ANY(${uuids}::uuid[]) AND id >= ${from}::uuid AND id < ${to}::uuid AND removed_as IS NOT NULL ORDER BY id`;
  const removed = new Set<DeliveryId>();
  for (const { id } of without) {
    if (!(await restoreContent(tx, toId('delivery', id)))) removed.add(toId('delivery', id));
  }
  return removed;
}
