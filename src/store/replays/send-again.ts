import { type DeliveryId, toId, toUuid } from '../../domain/id.ts';
import type { SkipReason } from '../../domain/replay.ts';
import type { DueDelivery } from '../../ports/queue.ts';
import type { FreshDecision, Replay, ReplayCandidate, ReplayStep } from '../../ports/replays.ts';
import type { Database, Statements } from '../database.ts';
import { addDelivery } from '../deliveries/deliveries.ts';
import { reopenDelivery } from '../deliveries/reopen-delivery.ts';
import { retryNow } from '../deliveries/retry-now.ts';
import { Prisma } from '../generated/client.ts';
import { replayable } from './replayable.ts';

// One step of a replay: the next deliveries, in the order of their ids, as many as the rate allows since the last step. Everything of a
// step is one transaction with the cursor, under the lock of the replay's row: after a crash, or when two workers believe that they
// lead, each delivery is opened once.

interface Candidate extends ReplayCandidate {
  readonly state: string;
}

interface Item {
  readonly deliveryId: DeliveryId;
  readonly sentId?: DeliveryId;
  readonly reason?: SkipReason;
}

/** A long pause of the sweeps must not end in a burst. */
const MOST_SECONDS_AT_ONCE = 2;
const NOTHING: ReplayStep = { due: [], isMore: false };

export function sendSame(db: Database, replay: Replay, most: number): Promise<ReplayStep> {
  return db.$transaction(async (tx) => {
    const turn = await takeTurn(tx, replay, most);
    if (!turn) return NOTHING;
    const candidates = await nextCandidates(tx, replay, turn);
    const due: DueDelivery[] = [];
    const items: Item[] = [];
    for (const { deliveryId, state } of candidates) {
      const sent =
        state === 'retrying' ? await sendRetrying(tx, replay, deliveryId) : await sendEnded(tx, replay, deliveryId);
      if (typeof sent === 'string') items.push({ deliveryId, reason: sent });
      else {
        items.push({ deliveryId, sentId: deliveryId });
        due.push(...sent);
      }
    }
    await finishTurn(tx, replay, items);
    return { due, isMore: candidates.length > 0 };
  });
}

export async function sendFresh(
  db: Database,
  replay: Replay,
  most: number,
  decide: (candidates: readonly ReplayCandidate[]) => Promise<readonly FreshDecision[]>,
): Promise<ReplayStep> {
  // decided before the transaction: it reads events and configurations
  const foreseen = await db.$transaction(async (tx) => {
    const turn = await takeTurn(tx, replay, most);
    return turn && nextCandidates(tx, replay, turn);
  });
  if (!foreseen) return NOTHING;
  const decided = new Map((await decide(foreseen)).map((decision) => [decision.candidate.deliveryId, decision]));
  return db.$transaction(async (tx) => {
    const turn = await takeTurn(tx, replay, most);
    if (!turn) return NOTHING;
    const candidates = (await nextCandidates(tx, replay, turn)).filter(({ deliveryId }) => decided.has(deliveryId));
    const due: DueDelivery[] = [];
    const items: Item[] = [];
    for (const { deliveryId } of candidates) {
      const decision = decided.get(deliveryId);
      if (!decision) continue;
      if ('reason' in decision) items.push({ deliveryId, reason: decision.reason });
      else {
        const added = await addDelivery(tx, decision.delivery, undefined, replay.createdBy);
        due.push(...(added ?? []));
        items.push(added ? { deliveryId, sentId: decision.delivery.id } : { deliveryId, reason: 'subscription deleted' });
      }
    }
    await finishTurn(tx, replay, items);
    return { due, isMore: candidates.length > 0 };
  });
}

interface Turn {
  readonly cursor: string | null;
  readonly upper: string;
  readonly allowed: number;
}

/** Locks the replay. Undefined when it is not running, another worker is at it, or its rate allows nothing yet. */
async function takeTurn(tx: Statements, { id }: Replay, most: number): Promise<Turn | undefined> {
  const [row] = await tx.$queryRaw<{ cursor: string | null; upper_id: string; allowed: number }[]>`
    SELECT cursor, upper_id,
      floor(rate_per_second * least(extract(epoch FROM clock_timestamp() - stepped_at), ${MOST_SECONDS_AT_ONCE}))::int AS allowed
    FROM replays WHERE id = ${toUuid(id)}::uuid AND state = 'running' FOR UPDATE SKIP LOCKED`;
  if (!row || row.allowed < 1) return undefined;
  return { cursor: row.cursor, upper: row.upper_id, allowed: Math.min(row.allowed, most) };
}

async function nextCandidates(tx: Statements, { tenantId, filter }: Replay, turn: Turn): Promise<Candidate[]> {
  const after = turn.cursor === null ? Prisma.sql`true` : Prisma.sql`id > ${turn.cursor}::uuid`;
  // deliveries_tenant_id_id_idx
  const rows = await tx.$queryRaw<{ id: string; event_id: string; subscription_id: string; state: string }[]>`
    SELECT id, event_id, subscription_id, state FROM deliveries
    WHERE tenant_id = ${toUuid(tenantId)}::uuid AND ${replayable(filter)} AND ${after} AND id <= ${turn.upper}::uuid
    ORDER BY id LIMIT ${turn.allowed}`;
  return rows.map((row) => ({
    deliveryId: toId('delivery', row.id),
    eventId: toId('event', row.event_id),
    subscriptionId: toId('subscription', row.subscription_id),
    state: row.state,
  }));
}

async function sendEnded(
  tx: Statements,
  { tenantId, createdBy }: Replay,
  id: DeliveryId,
): Promise<readonly DueDelivery[] | SkipReason> {
  const reopened = await reopenDelivery(tx, tenantId, id, createdBy);
  if (reopened === 'subscription-gone') return 'subscription deleted';
  return reopened === 'not-ended' ? 'changed meanwhile' : reopened.due;
}

async function sendRetrying(
  tx: Statements,
  { tenantId, createdBy }: Replay,
  id: DeliveryId,
): Promise<readonly DueDelivery[] | SkipReason> {
  const due = await retryNow(tx, tenantId, id, createdBy);
  return due ? [due] : 'changed meanwhile';
}

/** Writes what was done and moves the cursor; a step that found nothing ends the replay. */
async function finishTurn(tx: Statements, { id }: Replay, items: readonly Item[]): Promise<void> {
  const rows = items.map(({ deliveryId, sentId, reason }) => ({
    delivery_id: toUuid(deliveryId),
    sent_id: sentId && toUuid(sentId),
    reason,
  }));
  await tx.$executeRaw`
    INSERT INTO replay_items (replay_id, delivery_id, sent_id, reason)
    SELECT ${toUuid(id)}::uuid, delivery_id, sent_id, reason
    FROM json_to_recordset(${JSON.stringify(rows)}::json) AS i (delivery_id uuid, sent_id uuid, reason text)`;
  const last = rows.at(-1)?.delivery_id ?? null;
  const sent = rows.filter(({ sent_id }) => sent_id).length;
  await tx.$executeRaw`
    UPDATE replays SET cursor = coalesce(${last}::uuid, cursor), sent = sent + ${sent}, skipped = skipped + ${rows.length - sent},
      stepped_at = greatest(stepped_at + ${Math.max(rows.length, 1)} / rate_per_second * interval '1 s',
        clock_timestamp() - ${MOST_SECONDS_AT_ONCE} * interval '1 s'),
      state = CASE WHEN ${rows.length === 0} THEN 'done' ELSE state END,
      ended_at = CASE WHEN ${rows.length === 0} THEN now() END
    WHERE id = ${toUuid(id)}::uuid`;
}
