import type { DeliveryId } from '../../domain/id.ts';
import type { SkipReason } from '../../domain/replay.ts';
import type { NotReopened } from '../../ports/deliveries.ts';
import type { DueDelivery } from '../../ports/queue.ts';
import type { ReplayStep, Resending } from '../../ports/replays.ts';
import type { Database } from '../database.ts';
import { reopenDeliveries } from '../deliveries/reopen-deliveries.ts';
import { retryEachNow } from '../deliveries/retry-now.ts';
import { lastOf, nextCandidates } from './candidates.ts';
import { finishTurn, type Item, NOTHING, takeTurn } from './replay-turns.ts';

const SKIPPED: Readonly<Record<NotReopened, SkipReason>> = {
  'subscription-gone': 'subscription deleted',
  'content-removed': 'body no longer stored',
  'not-ended': 'changed meanwhile',
};

/** A turn of a replay of the mode `same`: what has ended is opened again, what waits for a retry goes now. */
export function sendSame(db: Database, replay: Resending, most: number): Promise<ReplayStep> {
  const { tenantId, createdBy } = replay;
  return db.$transaction(async (tx) => {
    const turn = await takeTurn(tx, replay, most);
    if (!turn) return NOTHING;
    const candidates = await nextCandidates(tx, replay, turn);
    const ended = candidates.filter(({ state }) => state !== 'retrying');
    const retrying = candidates.filter(({ state }) => state === 'retrying').map(({ deliveryId }) => deliveryId);
    const reopened = await reopenDeliveries(tx, tenantId, ended, createdBy);
    const retried = await retryEachNow(tx, tenantId, retrying, createdBy);
    const due: DueDelivery[] = [];
    const items = candidates.map(({ deliveryId, state }): Item => {
      const sent = state === 'retrying' ? retried.get(deliveryId) : reopened.get(deliveryId);
      if (sent === undefined || typeof sent === 'string') return { deliveryId, reason: SKIPPED[sent ?? 'not-ended'] };
      due.push(...sent);
      return { deliveryId, sentId: deliveryId satisfies DeliveryId };
    });
    await finishTurn(tx, replay, items, lastOf(candidates));
    return { due, isMore: candidates.length > 0 };
  });
}
