import { OPEN_STATES } from '../../domain/delivery.ts';
import { toId, toUuid } from '../../domain/id.ts';
import type { OrderedPass, SequenceRequest, SequencesTaken } from '../../ports/events.ts';
import type { DueDelivery } from '../../ports/queue.ts';
import type { Database, Statements } from '../database.ts';
import { Prisma } from '../generated/client.ts';
import { DUE_COLUMNS, type DueRow, dueDelivery } from './due-row.ts';

// The order of a pass's deliveries at an ordered subscription. Invariants, true of every committed state:
// - of a pass's open deliveries that have a sequence, the lowest is first and may be delivered; all others are `blocked`;
// - a pass has a row in pass_orders exactly while it has such a delivery.
// Whatever opens or ends one locks that row first, then the deliveries: in this order, so that nobody deadlocks. Only the
// cancelling of a whole subscription goes without (open-deliveries.ts); what it leaves behind, `releaseAll` and the recovery
// sweep set right.

/** The condition of deliveries_order_idx, literally: Postgres must see that the index covers it. */
const inOrder = Prisma.raw(
  `d.sequence IS NOT NULL AND d.state IN (${OPEN_STATES.map((state) => `'${state}'`).join(', ')})`,
);
const first = Prisma.sql`
  SELECT d.id, d.state FROM deliveries d
  WHERE d.subscription_id = o.subscription_id AND d.pass_id = o.pass_id AND ${inOrder}
  ORDER BY d.sequence LIMIT 1`;
const CHUNK = 500;

/**
 * Gives the next sequences of passes and locks their orders until the transaction ends. Sorted, and rows instead of advisory
 * locks, because a group of events may touch more passes than Postgres has room for locks. A pass with nothing open has no
 * row yet: it begins anew at 1.
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
 * Lets the first of each pass go if it is blocked (into `held` when the subscription is disabled) and forgets passes that
 * have nothing open. Under the lock of `takeSequences`, in a statement after it: only then it sees what others did before.
 *
 * @returns those that are due now
 */
export async function releaseFirst(tx: Statements, passes: readonly OrderedPass[]): Promise<DueDelivery[]> {
  const rows = await tx.$queryRaw<DueRow[]>`
    WITH firsts AS MATERIALIZED (
      SELECT o.subscription_id, o.pass_id, f.id, f.state
      FROM (
        SELECT DISTINCT subscription_id, pass_id
        FROM json_to_recordset(${JSON.stringify(passes.map(passRow))}::json) AS w (subscription_id uuid, pass_id text)
      ) o LEFT JOIN LATERAL (${first}) f ON true
    ), forgotten AS (
      DELETE FROM pass_orders o USING firsts f
      WHERE f.id IS NULL AND o.subscription_id = f.subscription_id AND o.pass_id = f.pass_id
    ), released AS (
      UPDATE deliveries d
      SET state = CASE WHEN s.disabled IS NULL OR s.deleted_at IS NOT NULL THEN 'pending' ELSE 'held' END,
        due_at = CASE WHEN s.disabled IS NULL OR s.deleted_at IS NOT NULL THEN now() END
      FROM firsts f JOIN subscriptions s ON s.id = f.subscription_id
      WHERE d.id = f.id AND f.state = 'blocked' AND d.state = 'blocked'
      RETURNING d.id, d.tenant_id, d.endpoint_id, d.attempts, d.state
    )
    SELECT ${DUE_COLUMNS} FROM released WHERE state = 'pending'`;
  return rows.map(dueDelivery);
}

/** The passes of claimed deliveries. */
export function passesOf(records: readonly { readonly claimed: OrderedPass }[]): OrderedPass[] {
  return records.map(({ claimed: { subscriptionId, passId } }) => ({ subscriptionId, passId }));
}

/** Runs `change`, which ends deliveries of these passes, under their locks, and lets those go that are first then. */
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
 * The pass that something opened again is ordered by, which is as its subscription says today.
 *
 * @param of selects `subscription_id` and `pass_id` of a delivery or a dead letter
 */
export async function orderOf(tx: Statements, of: Prisma.Sql): Promise<OrderedPass | undefined> {
  const [row] = await tx.$queryRaw<PassRow[]>`
    SELECT o.subscription_id, o.pass_id FROM (${of}) o JOIN subscriptions s ON s.id = o.subscription_id
    WHERE s.ordering = 'pass'`;
  return row && orderedPass(row);
}

/** The sequence of one delivery behind all that is open of its pass. */
export async function lastSequence(tx: Statements, pass: OrderedPass): Promise<number> {
  const [taken] = await takeSequences(tx, [{ ...pass, count: 1 }]);
  if (!taken) throw new Error('a sequence was asked for and none was given');
  return taken.last;
}

/**
 * Looks at `limit` passes from after `cursor` on, whether their first delivery is blocked by nobody, and lets it go.
 * Reads without locks: nothing is written while all is well.
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
      WHERE (subscription_id, pass_id) > (${cursor ? toUuid(cursor.subscriptionId) : ZERO_UUID}::uuid, ${cursor?.passId ?? ''})
      ORDER BY subscription_id, pass_id LIMIT ${limit}
    ) o LEFT JOIN LATERAL (${first}) f ON true
    ORDER BY o.subscription_id, o.pass_id`;
  const stranded = rows.filter(({ state }) => state === null || state === 'blocked').map(orderedPass);
  const { released } = stranded.length > 0 ? await endInOrder(db, stranded, async () => {}) : { released: [] };
  const last = rows.at(-1);
  return { released, cursor: last && rows.length === limit ? orderedPass(last) : undefined };
}

/** After all of a subscription was cancelled: forgets its passes; lets go what came in meanwhile, for a worker to cancel. */
export async function releaseAll(db: Database, subscription: string): Promise<void> {
  let after: string | undefined = '';
  while (after !== undefined) {
    const rows: PassRow[] = await db.$queryRaw<PassRow[]>`
      SELECT subscription_id, pass_id FROM pass_orders
      WHERE subscription_id = ${subscription}::uuid AND pass_id > ${after} ORDER BY pass_id LIMIT ${CHUNK}`;
    if (rows.length > 0) await endInOrder(db, rows.map(orderedPass), async () => {});
    after = rows.at(-1)?.pass_id;
  }
}

const ZERO_UUID = '00000000-0000-0000-0000-000000000000';

interface PassRow {
  readonly subscription_id: string;
  readonly pass_id: string;
}

function passRow({ subscriptionId, passId }: OrderedPass): PassRow {
  return { subscription_id: toUuid(subscriptionId), pass_id: passId };
}

function orderedPass({ subscription_id, pass_id }: PassRow): OrderedPass {
  return { subscriptionId: toId('subscription', subscription_id), passId: pass_id };
}
