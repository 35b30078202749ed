import { toUuid } from '../../domain/id.ts';
import type { OrderedPass } from '../../ports/events.ts';
import type { DueDelivery } from '../../ports/queue.ts';
import type { Database } from '../database.ts';
import { LOWEST_UUID } from '../pages.ts';
import { endInOrder, firstOpenDelivery, orderedPass, type PassRow } from './pass-orders.ts';

const CHUNK = 500;

/**
 * Checks `limit` passes after `cursor` and releases first deliveries that are still blocked. The check takes no locks, and
 * nothing is written when no pass needs a release. Returns the cursor of the next call; undefined after the last pass.
 */
export async function releaseBlocked(
  db: Database,
  limit: number,
  cursor: OrderedPass | undefined,
): Promise<{ readonly released: readonly DueDelivery[]; readonly cursor: OrderedPass | undefined }> {
  const rows = await db.$queryRaw<(PassRow & { readonly state: string | null })[]>`
    SELECT o.subscription_id, o.pass_id, f.state
    FROM (
      SELECT subscription_id, pass_id FROM pass_orders
      WHERE (subscription_id, pass_id) > (${cursor ? toUuid(cursor.subscriptionId) : LOWEST_UUID}::uuid, ${cursor?.passId ?? ''})
      ORDER BY subscription_id, pass_id LIMIT ${limit}
    ) o LEFT JOIN LATERAL (${firstOpenDelivery}) f ON true
    ORDER BY o.subscription_id, o.pass_id`;
  const stranded = rows.filter(({ state }) => state === null || state === 'blocked').map(orderedPass);
  const { released } = stranded.length > 0 ? await endInOrder(db, stranded, async () => {}) : { released: [] };
  const last = rows.at(-1);
  return { released, cursor: last && rows.length === limit ? orderedPass(last) : undefined };
}

/**
 * Deletes the pass rows of a subscription whose open deliveries were cancelled. Deliveries added during the cancellation are
 * released; the worker that claims one cancels it.
 */
export async function releasePasses(db: Database, subscription: string): Promise<void> {
  let after: string | undefined = '';
  while (after !== undefined) {
    const rows: PassRow[] = await db.$queryRaw<PassRow[]>`
      SELECT subscription_id, pass_id FROM pass_orders
      WHERE subscription_id = ${subscription}::uuid AND pass_id > ${after} ORDER BY pass_id LIMIT ${CHUNK}`;
    if (rows.length > 0) await endInOrder(db, rows.map(orderedPass), async () => {});
    after = rows.at(-1)?.pass_id;
  }
}
