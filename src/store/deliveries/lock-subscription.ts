import type { Statements } from '../database.ts';
import type { Prisma } from '../generated/client.ts';

/**
 * Locks the subscription of a new or reopened delivery against deletion until the transaction ends, so that a deletion either
 * comes first and is seen, or finds the delivery open and cancels it. Must be the first lock of its transaction.
 *
 * @param id an expression or a sub-select that gives the subscription's UUID
 * @returns false when the subscription was deleted
 */
export async function lockSubscription(tx: Statements, id: Prisma.Sql): Promise<boolean> {
  const locked = await tx.$queryRaw<unknown[]>`
    SELECT id FROM subscriptions WHERE id = (${id}) AND deleted_at IS NULL FOR SHARE`;
  return locked.length > 0;
}
