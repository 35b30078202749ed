import { type DeliveryId, lowestUuidAt, timeOfId } from '../domain/id.ts';

/**
 * The UUIDs from the first to the last instant of these deliveries. Their events' lie within too, but for deliveries that
 * were replayed anew. A statement that names the bounds touches no partition but those of that time, however many are kept.
 */
export function idSpan(ids: readonly DeliveryId[]): { readonly from: string; readonly to: string } {
  const times = ids.map(timeOfId);
  return { from: lowestUuidAt(Math.min(...times)), to: lowestUuidAt(Math.max(...times) + 1) };
}

/** Rows are locked in one order by everybody, so that two batches that share some cannot deadlock. */
export function byText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
