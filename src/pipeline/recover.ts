import { setTimeout as sleep } from 'node:timers/promises';
import type { ClaimStore, OverdueCursor, OverdueDelivery } from '../ports/claims.ts';
import type { OrderedPass } from '../ports/events.ts';
import type { Log } from '../ports/process.ts';
import type { DeliveryQueue, DueDelivery } from '../ports/queue.ts';

export interface RecovererDeps {
  readonly claims: ClaimStore;
  readonly queue: DeliveryQueue;
  readonly log: Log;
}

const RELEASES = 500;
/** Deliveries offered at once. The sweep pauses after each page, so that it never monopolises Redis. */
const PAGE = 100;
const PAUSE_MS = 10;
/** How far one sweep goes, however full the queue is; the next sweep continues there. */
const PAGES_PER_SWEEP = 20;
/** While fewer deliveries than this are parked, a sweep goes on: the queue may have lost them. */
const ENOUGH_WAITING = 10_000;
const MAX_PAGES = 500;
/** Deliveries due for less than this are still between commit and queue. */
const GRACE_MS = 3000;

/**
 * Offers deliveries that are due in Postgres and that no live job carries: after Redis was unavailable, flushed or restarted
 * empty, after a worker was killed (its leases run out) or an offer failed, and for retries too far ahead to be in Redis.
 */
export class Recoverer {
  readonly #deps: RecovererDeps;
  #cursor: OverdueCursor | undefined;
  #passCursor: OrderedPass | undefined;

  constructor(deps: RecovererDeps) {
    this.#deps = deps;
  }

  /** One sweep. Offering a delivery that is already queued does no harm: its job id exists. @throws Unavailable */
  async sweep(): Promise<void> {
    const { claims, queue, log } = this.#deps;
    await queue.sweepDeadJobs();
    const stranded = await claims.releaseStranded(RELEASES);
    if (stranded.length > 0) {
      log.warn({ count: stranded.length }, 'released held deliveries of enabled subscriptions');
      await queue.offerAndWait(stranded);
    }
    const { released, cursor } = await claims.releaseBlocked(RELEASES, this.#passCursor);
    this.#passCursor = cursor;
    if (released.length > 0) {
      log.warn({ count: released.length }, 'released blocked deliveries without a predecessor');
      await queue.offerAndWait(released);
    }
    for (let pages = 0; pages < MAX_PAGES; pages++) {
      if (pages >= PAGES_PER_SWEEP && (await queue.waiting()) >= ENOUGH_WAITING) return;
      const overdue = await claims.overdue(GRACE_MS, PAGE, this.#cursor);
      await queue.offerAndWait(overdue.map(asDue));
      const last = overdue.at(-1);
      this.#cursor = last && overdue.length === PAGE ? { dueAt: last.dueAt, deliveryId: last.deliveryId } : undefined;
      if (!this.#cursor) return;
      await sleep(PAUSE_MS);
    }
  }
}

function asDue({ dueAt: _, ...due }: OverdueDelivery): DueDelivery {
  return due;
}
