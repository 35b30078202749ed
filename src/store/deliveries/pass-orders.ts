import { OPEN_STATES } from '../../domain/delivery.ts';
import { toId, toUuid } from '../../domain/id.ts';
import type { OrderedPass, SequenceRequest, SequencesTaken } from '../../ports/events.ts';
import type { DueDelivery } from '../../ports/queue.ts';
import type { Database, Statements } from '../database.ts';
import { Prisma } from '../generated/client.ts';
import { DUE_COLUMNS, type DueRow, dueDelivery } from './due-row.ts';
import { changesWith } from './note-change.ts';

// The order of a pass's deliveries at an ordered subscription. Invariants of every committed state:
// - of a pass's open deliveries with a sequence, the one with the lowest sequence may be delivered; all others are `blocked`;
// - a pass has a row in pass_orders exactly while it has such a delivery.
// A statement that opens or ends such a delivery locks that row first and the deliveries second, so that no two transactions
// deadlock. One exception: cancelling all deliveries of a subscription (open-deliveries.ts) takes no pass lock. Afterwards
// `releasePasses` and the recovery sweep restore the invariants.

/** Repeats the predicate of deliveries_order_idx literally, because Postgres must prove that the index covers it. */
const openAndOrdered = Prisma.raw(
  `d.sequence IS NOT NULL AND d.state IN (${OPEN_STATES.map((state) => `'${state}'`).join(', ')})`,
);
/** A pass's open delivery with the lowest sequence; `o` is a row with `subscription_id` and `pass_id`. deliveries_order_idx */
export const firstOpenDelivery = Prisma.sql`
  SELECT d.id, d.state FROM deliveries d
  WHERE d.subscription_id = o.subscription_id AND d.pass_id = o.pass_id AND ${openAndOrdered}
  ORDER BY d.sequence LIMIT 1`;

/**
 * Takes the next `count` sequences of each pass and locks the passes until the transaction ends. A pass without open
 * deliveries has no row yet, so its sequence starts at 1 again. Rows are locked instead of advisory locks, because a group of
 * events may touch more passes than Postgres's lock table can hold; they are locked in sorted order to prevent deadlocks.
 */
export async function takeSequences(tx: Statements, wanted: readonly SequenceRequest[]): Promise<SequencesTaken[]> {
  const rows = wanted.map(({ subscriptionId, passId, count }) => ({ ...passRow({ subscriptionId, passId }), count }));
  const taken = await tx.$queryRaw<(PassRow & { readonly last_sequence: number })[]>`
    INSERT INTO pass_orders AS o (subscription_id, pass_id, last_sequence)
    SELECT subscription_id, pass_id, sum(count)
    FROM json_to_recordset(${JSON.stringify(rows)}::json) AS w (subscription_id uuid, pass_id text, count int)
    GROUP BY subscription_id, pass_id ORDER BY subscription_id, pass_id
    ON CONFLICT (subscription_id, pass_id) DO UPDATE SET last_sequence = o.last_sequence + excluded.last_sequence
    RETURNING subscription_id, pass_id, last_sequence`;
  return taken.map((row) => ({ ...orderedPass(row), last: row.last_sequence }));
}

/**
 * Releases the first open delivery of each pass if it is blocked (to `held` when its subscription is disabled, otherwise to
 * `pending`), and deletes the rows of passes without open deliveries. Must run in a later statement than `takeSequences` in
 * the same transaction: only then does its snapshot contain the changes of earlier lock holders.
 *
 * @returns the deliveries that are due now
 */
export async function releaseFirst(tx: Statements, passes: readonly OrderedPass[]): Promise<DueDelivery[]> {
  const rows = await tx.$queryRaw<DueRow[]>`
    WITH firsts AS MATERIALIZED (
      SELECT o.subscription_id, o.pass_id, f.id, f.state
      FROM (
        SELECT DISTINCT subscription_id, pass_id
        FROM json_to_recordset(${JSON.stringify(passes.map(passRow))}::json) AS w (subscription_id uuid, pass_id text)
      ) o LEFT JOIN LATERAL (${firstOpenDelivery}) f ON true
    ), closed AS (
      DELETE FROM pass_orders o USING firsts f
      WHERE f.id IS NULL AND o.subscription_id = f.subscription_id AND o.pass_id = f.pass_id
    ), released AS (
      UPDATE deliveries d
      SET state = CASE WHEN s.disabled IS NULL OR s.deleted_at IS NOT NULL THEN 'pending' ELSE 'held' END,
        due_at = CASE WHEN s.disabled IS NULL OR s.deleted_at IS NOT NULL THEN now() END,
        changes = CASE WHEN s.disabled IS NULL OR s.deleted_at IS NOT NULL THEN d.changes
          ELSE ${changesWith('held', Prisma.sql`jsonb_build_object('reason', s.disabled)`, Prisma.sql`d.`)} END
      FROM firsts f JOIN subscriptions s ON s.id = f.subscription_id
      WHERE d.id = f.id AND f.state = 'blocked' AND d.state = 'blocked'
      RETURNING d.id, d.tenant_id, d.endpoint_id, d.attempts, d.test, d.state
    )
    SELECT ${DUE_COLUMNS} FROM released WHERE state = 'pending'`;
  return rows.map(dueDelivery);
}

/** The passes of claimed deliveries. */
export function passesOf(records: readonly { readonly claimed: OrderedPass }[]): OrderedPass[] {
  return records.map(({ claimed: { subscriptionId, passId } }) => ({ subscriptionId, passId }));
}

/** Runs `change`, which ends deliveries of these passes, under the passes' locks, then releases the next delivery of each. */
export function endInOrder<T>(
  db: Database,
  passes: readonly OrderedPass[],
  change: (tx: Statements) => Promise<T>,
): Promise<{ readonly result: T; readonly released: readonly DueDelivery[] }> {
  return db.$transaction(async (tx) => {
    await takeSequences(
      tx,
      passes.map((pass) => ({ ...pass, count: 0 })),
    );
    const result = await change(tx);
    return { result, released: await releaseFirst(tx, passes) };
  });
}

/**
 * Returns the pass that orders a replayed delivery; undefined when its subscription is not ordered now.
 *
 * @param replayed a SELECT of `subscription_id` and `pass_id` from a delivery or a dead letter
 */
export async function findOrderedPass(tx: Statements, replayed: Prisma.Sql): Promise<OrderedPass | undefined> {
  const [row] = await tx.$queryRaw<PassRow[]>`
    SELECT o.subscription_id, o.pass_id FROM (${replayed}) o JOIN subscriptions s ON s.id = o.subscription_id
    WHERE s.ordering = 'pass'`;
  return row && orderedPass(row);
}

/** Takes the sequence of a delivery that follows all open deliveries of its pass, and locks the pass. */
export async function takeSequence(tx: Statements, pass: OrderedPass): Promise<number> {
  const [taken] = await takeSequences(tx, [{ ...pass, count: 1 }]);
  if (!taken) throw new Error('takeSequences returned no row');
  return taken.last;
}

export interface PassRow {
  readonly subscription_id: string;
  readonly pass_id: string;
}

function passRow({ subscriptionId, passId }: OrderedPass): PassRow {
  return { subscription_id: toUuid(subscriptionId), pass_id: passId };
}

export function orderedPass({ subscription_id, pass_id }: PassRow): OrderedPass {
  return { subscriptionId: toId('subscription', subscription_id), passId: pass_id };
}
