import { setTimeout as sleep } from 'node:timers/promises';
import type { EndpointId } from '../domain/id.ts';
import type { ClaimStore } from '../ports/claims.ts';
import type { OrderedPass } from '../ports/events.ts';
import type { EndpointHead, OverdueCursor, OverdueStore } from '../ports/overdue.ts';
import type { Log } from '../ports/process.ts';
import type { Carried, DeliveryQueue } from '../ports/queue.ts';

export interface RecovererDeps {
  readonly claims: Pick<ClaimStore, 'releaseStranded' | 'releaseBlocked'>;
  readonly overdue: OverdueStore;
  readonly queue: DeliveryQueue;
  readonly log: Log;
}

const RELEASES = 500;
/** Deliveries due for less than this are still between commit and queue. */
const GRACE_MS = 3000;
/** Endpoints read at once, and how many of the oldest overdue deliveries of each are looked for. */
const HEADS = { endpoints: 100, limit: 20 };
/** An endpoint with fewer parked deliveries is topped up, to twice as many at most. */
const ENOUGH_PARKED = 5000;
/** Deliveries offered at once. The sweep pauses after each page, so that it never monopolises Postgres or Redis. */
const PAGE = 500;
const PAUSE_MS = 5;
/** How many deliveries one sweep offers in pages, over all endpoints; the next sweep continues. */
const OFFERS_PER_SWEEP = 100_000;
/** What a page costs beside its deliveries. */
const PAGE_COST = 50;

/**
 * Offers deliveries that are due in Postgres and that no live job carries: after Redis was unavailable, flushed or restarted
 * empty, after an offer failed, and for retries too far ahead to be in Redis.
 *
 * Deliveries of an endpoint are admitted oldest first, so one that the queue lost is, when its turn has passed, among the oldest
 * that are due. A sweep therefore looks for the head of each endpoint only, whatever is behind it, and tops up endpoints that
 * send and have few parked.
 */
export class Recoverer {
  readonly #deps: RecovererDeps;
  /** How far each endpoint with more overdue deliveries than its head has been topped up. */
  #cursors = new Map<EndpointId, OverdueCursor | undefined>();
  #passCursor: OrderedPass | undefined;

  constructor(deps: RecovererDeps) {
    this.#deps = deps;
  }

  /** One sweep. Offering a delivery that is already queued does no harm. @throws Unavailable */
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
    await this.#topUp(await this.#offerHeads());
  }

  /** Offers what is missing of each endpoint's head. Returns the endpoints to top up, with how many deliveries they have room for. */
  async #offerHeads(): Promise<Map<EndpointId, number>> {
    const { overdue, queue } = this.#deps;
    const rooms = new Map<EndpointId, number>();
    const cursors = new Map<EndpointId, OverdueCursor | undefined>();
    let after: EndpointId | undefined;
    do {
      const heads: readonly EndpointHead[] = await overdue.heads(GRACE_MS, HEADS, after);
      const carried = await queue.lookFor(heads);
      const missing = carried.flatMap((endpoint) => endpoint.missing);
      if (missing.length > 0) await queue.offerAndWait(missing);
      const isLong = new Set(heads.filter((head) => head.overdue.length === HEADS.limit).map((head) => head.endpointId));
      for (const endpoint of carried.filter(({ endpointId }) => isLong.has(endpointId))) {
        cursors.set(endpoint.endpointId, this.#cursorOf(endpoint));
        const room = roomOf(endpoint);
        if (room > 0) rooms.set(endpoint.endpointId, room);
      }
      after = heads.length === HEADS.endpoints ? heads.at(-1)?.endpointId : undefined;
      if (after) await sleep(PAUSE_MS);
    } while (after);
    this.#cursors = cursors;
    return rooms;
  }

  /** When a whole head is missing, the queue has lost more: topping up begins again. */
  #cursorOf({ endpointId, missing }: Carried): OverdueCursor | undefined {
    return isHeadLost(missing) ? undefined : this.#cursors.get(endpointId);
  }

  /** Offers the endpoints' further deliveries, a page of each in turn. */
  async #topUp(rooms: Map<EndpointId, number>): Promise<void> {
    const { overdue, queue } = this.#deps;
    for (let left = OFFERS_PER_SWEEP; rooms.size > 0 && left > 0; left -= PAGE_COST) {
      const [[endpointId, room] = []] = rooms;
      if (endpointId === undefined || room === undefined) return;
      rooms.delete(endpointId);
      const page = await overdue.of(endpointId, GRACE_MS, Math.min(PAGE, room), this.#cursors.get(endpointId));
      const last = page.at(-1);
      if (!last) continue;
      await queue.offerAndWait(page);
      left -= page.length;
      this.#cursors.set(endpointId, { dueAt: last.dueAt, deliveryId: last.deliveryId });
      if (page.length === PAGE && room > PAGE) rooms.set(endpointId, room - PAGE);
      await sleep(PAUSE_MS);
    }
  }
}

function isHeadLost(missing: Carried['missing']): boolean {
  return missing.length === HEADS.limit;
}

/**
 * For how many further deliveries an endpoint has room. One that fails is sent single probes, for which its head is enough. What
 * was lost is older than what is parked, and replaces it where the list is full.
 */
function roomOf({ isFailing, parked, missing }: Carried): number {
  if (isFailing) return 0;
  if (isHeadLost(missing)) return Math.max(ENOUGH_PARKED, 2 * ENOUGH_PARKED - parked);
  return parked < ENOUGH_PARKED ? 2 * ENOUGH_PARKED - parked : 0;
}
