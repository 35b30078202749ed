import { toUuid } from '../../domain/id.ts';
import type { ReturnedClaim } from '../../ports/claims.ts';
import type { DueDelivery } from '../../ports/queue.ts';
import type { Database, Statements } from '../database.ts';
import { Prisma } from '../generated/client.ts';
import { compareText, partitionSpan } from '../partition-span.ts';
import { changesWith } from './note-change.ts';
import { endInOrder, passesOf } from './pass-orders.ts';

/**
 * Returns claims, as far as they are still valid, without recording an attempt. A returned claim with state `cancelled` ends
 * its delivery.
 *
 * @returns the deliveries that were blocked by a cancelled one and are due now
 */
export async function giveBack(db: Database, returns: readonly ReturnedClaim[]): Promise<readonly DueDelivery[]> {
  const ordered = returns.filter(isOrderedEnd);
  const others = returns.filter((returned) => !isOrderedEnd(returned));
  const [inOrder] = await Promise.all([
    ordered.length > 0 ? endInOrder(db, passesOf(ordered), (tx) => giveBackAll(tx, ordered)) : undefined,
    others.length > 0 ? giveBackAll(db, others) : undefined,
  ]);
  return inOrder?.released ?? [];
}

function isOrderedEnd({ claimed, to }: ReturnedClaim): boolean {
  return claimed.ordered && to.state === 'cancelled';
}

async function giveBackAll(db: Statements, unsorted: readonly ReturnedClaim[]): Promise<void> {
  const returns = unsorted.toSorted((a, b) => compareText(a.claimed.id, b.claimed.id));
  const ids = returns.map(({ claimed }) => toUuid(claimed.id));
  const rows = returns.map(({ claimed, to }) => ({ id: toUuid(claimed.id), claim: claimed.claim, ...to }));
  const { from, to } = partitionSpan(returns.map(({ claimed }) => claimed.id));
  await db.$executeRaw`
    UPDATE deliveries d
    SET state = r.state, worker_id = NULL, due_at = CASE WHEN r.state = 'pending' THEN now() END,
      ended_at = CASE WHEN r.state = 'cancelled' THEN now() END, ended_reason = r.reason, ended_by = r.by,
      changes = CASE WHEN r.state = 'held' THEN ${changesWith('held', undefined, Prisma.sql`d.`)} ELSE d.changes END
    FROM json_to_recordset(${JSON.stringify(rows)}::json) AS r
      (id uuid, claim int, state text, reason text, by text)
    WHERE d.id = r.id AND d.id = ANY(${ids}::uuid[]) AND d.id >= ${from}::uuid AND d.id < ${to}::uuid
      AND d.claim = r.claim AND coalesce(d.state, '') = 'delivering'`;
}
