import { type DeliveryId, lowestUuidAt, timeOfId } from '../domain/id.ts';

/**
 * Returns UUID bounds, `from` inclusive and `to` exclusive, for the times in the ids of these deliveries. The ids of their
 * events are within the bounds too, except for re-rendered replays. A statement with these bounds reads only the partitions
 * for that time, however many exist.
 *
 * Such a statement also needs the ids (`= ANY`), to use the primary key, and `coalesce` around the columns in the predicates
 * of partial indexes (state, due_at), to avoid those indexes. Its generic plan is made once per connection, perhaps while
 * the tables are empty and a scan of a partial index looks cheapest; later that scan would read every open delivery.
 */
export function partitionSpan(ids: readonly DeliveryId[]): { readonly from: string; readonly to: string } {
  const times = ids.map(timeOfId);
  return { from: lowestUuidAt(Math.min(...times)), to: lowestUuidAt(Math.max(...times) + 1) };
}

/** Sorts by code unit. All batches lock rows in this order, so that two batches with common rows cannot deadlock. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
