import { type DeliveryId, lowestUuidAt, timeOfId } from '../domain/id.ts';

/**
 * The UUIDs from the first to the last instant of these deliveries. Their events' lie within too, but for deliveries that
 * were replayed anew. A statement that names the bounds touches no partition but those of that time, however many are kept.
 *
 * It names the ids as well (`= ANY`), for the primary key, and puts `coalesce` around what partial indexes ask for (state,
 * due_at): its plan is made once a connection, perhaps when tables are empty, where walking a partial index looks cheapest.
 * Later it would walk all that is open.
 */
export function partitionSpan(ids: readonly DeliveryId[]): { readonly from: string; readonly to: string } {
  const times = ids.map(timeOfId);
  return { from: lowestUuidAt(Math.min(...times)), to: lowestUuidAt(Math.max(...times) + 1) };
}

/** Rows are locked in one order by everybody, so that two batches that share some cannot deadlock. */
export function byText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
