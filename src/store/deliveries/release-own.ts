import { toUuid, type WorkerId } from '../../domain/id.ts';
import type { AttemptKey } from '../../ports/claims.ts';
import type { DueDelivery } from '../../ports/queue.ts';
import type { Database } from '../database.ts';
import { Prisma } from '../generated/client.ts';
import { compareText, partitionSpan } from '../partition-span.ts';
import { DUE_COLUMNS, type DueRow, dueDelivery } from './due-row.ts';

/** Makes those of the attempts due again that this worker has claimed. */
export async function releaseOwn(
  db: Database,
  workerId: WorkerId,
  unsorted: readonly AttemptKey[],
): Promise<readonly DueDelivery[]> {
  const keys = unsorted.toSorted((a, b) => compareText(a.deliveryId, b.deliveryId));
  const ids = keys.map(({ deliveryId }) => toUuid(deliveryId));
  const { from, to } = partitionSpan(keys.map(({ deliveryId }) => deliveryId));
  const rows = await db.query<DueRow>(Prisma.sql`
    UPDATE deliveries d SET due_at = now(), worker_id = NULL
    FROM unnest(${ids}::uuid[], ${keys.map(({ attempt }) => attempt)}::int[]) AS k (delivery_id, attempt)
    WHERE d.id = k.delivery_id AND d.id = ANY(${ids}::uuid[]) AND d.id >= ${from}::uuid AND d.id < ${to}::uuid
      AND d.attempts = k.attempt - 1 AND coalesce(d.state, '') = 'delivering' AND d.worker_id = ${toUuid(workerId)}::uuid
    RETURNING ${DUE_COLUMNS}`);
  return rows.map(dueDelivery);
}
