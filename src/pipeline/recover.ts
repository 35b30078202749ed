import { setTimeout as sleep } from 'node:timers/promises';
import type { ClaimStore, OverdueCursor, OverdueDelivery } from '../ports/claims.ts';
import type { OrderedPass } from '../ports/events.ts';
import type { Log } from '../ports/process.ts';
import type { DeliveryQueue, DueDelivery } from '../ports/queue.ts';

export interface RecovererDeps {
  readonly ledger: ClaimStore;
  readonly queue: DeliveryQueue;
  readonly log: Log;
}

const RELEASES = 500;
/** Offered in one go, and a breath after it: the gate is everybody's, and a sweep is not to hold up what is on its way. */
const PAGE = 100;
const BREATH_MS = 10;
/** How much one sweep looks at, however full the queue is; the next sweep goes on where this one stopped. */
const PAGES_PER_SWEEP = 20;
/** While fewer jobs than this wait, a sweep goes on: the queue may have lost its work. */
const ENOUGH_WAITING = 10_000;
const MAX_PAGES = 500;
/** Younger ones are on their way; also covers the time a delivery spends between commit and queue. */
const GRACE_MS = 3000;

/**
 * Brings back what Postgres says is due and no live job carries: after a Redis that was away, flushed or restarted empty,
 * a worker that was killed (its leases run out), an enqueue that failed, and for retries too far off to be kept in Redis.
 */
export class Recoverer {
  readonly #deps: RecovererDeps;
  #cursor: OverdueCursor | undefined;
  #passCursor: OrderedPass | undefined;

  constructor(deps: RecovererDeps) {
    this.#deps = deps;
  }

  /** One sweep. Offering what is queued already does no harm: its job id exists. @throws Unavailable */
  async sweep(): Promise<void> {
    const { ledger, queue, log } = this.#deps;
    await queue.sweepDeadJobs();
    const stranded = await ledger.releaseStranded(RELEASES);
    if (stranded.length > 0) {
      log.warn({ count: stranded.length }, 'released held deliveries of enabled subscriptions');
      await queue.offerAndWait(stranded);
    }
    const { released, cursor } = await ledger.releaseBlocked(RELEASES, this.#passCursor);
    this.#passCursor = cursor;
    if (released.length > 0) {
      log.warn({ count: released.length }, 'released deliveries that were blocked by nothing');
      await queue.offerAndWait(released);
    }
    for (let pages = 0; pages < MAX_PAGES; pages++) {
      if (pages >= PAGES_PER_SWEEP && (await queue.waiting()) >= ENOUGH_WAITING) return;
      const overdue = await ledger.overdue(GRACE_MS, PAGE, this.#cursor);
      await queue.offerAndWait(overdue.map(asDue));
      const last = overdue.at(-1);
      this.#cursor = last && overdue.length === PAGE ? { dueAt: last.dueAt, deliveryId: last.deliveryId } : undefined;
      if (!this.#cursor) return;
      await sleep(BREATH_MS);
    }
  }
}

function asDue({ dueAt: _, ...due }: OverdueDelivery): DueDelivery {
  return due;
}
