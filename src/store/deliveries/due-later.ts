import { toUuid } from '../../domain/id.ts';
import type { AttemptKey } from '../../ports/claims.ts';
import type { DueDelivery } from '../../ports/queue.ts';
import type { Database } from '../database.ts';
import { Prisma } from '../generated/client.ts';
import { partitionSpan } from '../partition-span.ts';
import { DUE_COLUMNS, type DueRow, dueDelivery } from './due-row.ts';

/**
 * Reads how long it is, by the database's clock, until the deliveries that stand at these attempts are due. One that became due
 * since it was refused is due in 0 ms. deliveries_pkey
 */
export async function dueLater(db: Database, refused: readonly AttemptKey[]): Promise<DueDelivery[]> {
  const { from, to } = partitionSpan(refused.map(({ deliveryId }) => deliveryId));
  const rows = await db.query<DueRow & { readonly due_in_ms: number }>(Prisma.sql`
    SELECT ${DUE_COLUMNS}, extract(epoch FROM due_at - now())::float8 * 1000 AS due_in_ms FROM deliveries
    WHERE id = ANY(${refused.map(({ deliveryId }) => toUuid(deliveryId))}::uuid[]) AND id >= ${from}::uuid AND id < ${to}::uuid
      AND coalesce(state, '') IN ('pending', 'retrying') AND due_at IS NOT NULL`);
  const wanted = new Map(refused.map(({ deliveryId, attempt }) => [deliveryId, attempt]));
  return rows
    .map((row) => ({ ...dueDelivery(row), delayMs: Math.max(0, Math.ceil(row.due_in_ms)) }))
    .filter(({ deliveryId, attempt }) => wanted.get(deliveryId) === attempt);
}
