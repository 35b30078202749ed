import { type DeliveryId, toUuid } from '../../domain/id.ts';
import type { SkipReason } from '../../domain/replay.ts';
import type { Replay, ReplayStep } from '../../ports/replays.ts';
import type { Statements } from '../database.ts';

// A turn of a replay: the next of what it finds, in the order of their ids, as many as the rate allows since the last turn. Everything
// of a turn is one transaction with the cursor, under the lock of the replay's row: after a crash, or when two workers believe that
// they lead, each delivery is opened once.

/** A long pause of the sweeps must not end in a burst. */
const MOST_SECONDS_AT_ONCE = 2;

export const NOTHING: ReplayStep = { due: [], isMore: false };

export interface Turn {
  /** The last one that was looked at; null: none. */
  readonly cursor: string | null;
  readonly upper: string;
  readonly allowed: number;
}

/** What was done about one delivery. */
export interface Item {
  readonly deliveryId: DeliveryId;
  readonly sentId?: DeliveryId;
  readonly reason?: SkipReason;
}

/** Locks the replay. Undefined when it is not running, another worker is at it, or its rate allows nothing yet. */
export async function takeTurn(tx: Statements, { id }: Pick<Replay, 'id'>, most: number): Promise<Turn | undefined> {
  const [row] = await tx.$queryRaw<{ cursor: string | null; upper_id: string; allowed: number }[]>`
    SELECT cursor, upper_id,
      floor(rate_per_second * least(extract(epoch FROM clock_timestamp() - stepped_at), ${MOST_SECONDS_AT_ONCE}))::int AS allowed
    FROM replays WHERE id = ${toUuid(id)}::uuid AND state = 'running' FOR UPDATE SKIP LOCKED`;
  if (!row || row.allowed < 1) return undefined;
  return { cursor: row.cursor, upper: row.upper_id, allowed: Math.min(row.allowed, most) };
}

/**
 * Writes what was done and moves the cursor.
 *
 * @param last the UUID of the last one that was looked at; undefined: there was none, and the replay has ended
 */
export async function finishTurn(
  tx: Statements,
  { id }: Pick<Replay, 'id'>,
  items: readonly Item[],
  last: string | undefined,
): Promise<void> {
  const rows = items.map(({ deliveryId, sentId, reason }) => ({
    delivery_id: toUuid(deliveryId),
    sent_id: sentId && toUuid(sentId),
    reason,
  }));
  await tx.$executeRaw`
    INSERT INTO replay_items (replay_id, delivery_id, sent_id, reason)
    SELECT ${toUuid(id)}::uuid, delivery_id, sent_id, reason
    FROM json_to_recordset(${JSON.stringify(rows)}::json) AS i (delivery_id uuid, sent_id uuid, reason text)`;
  const sent = rows.filter(({ sent_id }) => sent_id).length;
  await tx.$executeRaw`
    UPDATE replays SET cursor = coalesce(${last ?? null}::uuid, cursor), sent = sent + ${sent}, skipped = skipped + ${rows.length - sent},
      stepped_at = greatest(stepped_at + ${rows.length} / rate_per_second * interval '1 s',
        clock_timestamp() - ${MOST_SECONDS_AT_ONCE} * interval '1 s'),
      state = CASE WHEN ${last === undefined} THEN 'done' ELSE state END,
      ended_at = CASE WHEN ${last === undefined} THEN now() END
    WHERE id = ${toUuid(id)}::uuid`;
}
