import type { SkipReason } from '../../domain/replay.ts';
import type { NotAdded } from '../../ports/deliveries.ts';
import type { DueDelivery } from '../../ports/queue.ts';
import type { FreshDecision, ReplayCandidate, ReplayStep, Resending } from '../../ports/replays.ts';
import type { Database } from '../database.ts';
import { addDelivery } from '../deliveries/add-deliveries.ts';
import { lastOf, nextCandidates } from './candidates.ts';
import { finishTurn, type Item, NOTHING, takeTurn } from './replay-turns.ts';

const NOT_ADDED: Readonly<Record<NotAdded, SkipReason>> = {
  'subscription-gone': 'subscription deleted',
  'event-gone': 'event no longer stored',
};

/** A turn of a replay of the mode `fresh`: a new delivery for each one that was found. */
export async function sendFresh(
  db: Database,
  replay: Resending,
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
        if (typeof added === 'string') items.push({ deliveryId, reason: NOT_ADDED[added] });
        else {
          due.push(...added);
          items.push({ deliveryId, sentId: decision.delivery.id });
        }
      }
    }
    await finishTurn(tx, replay, items, lastOf(candidates));
    return { due, isMore: candidates.length > 0 };
  });
}
