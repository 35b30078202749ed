import type { Arrival } from './actors/receiver.ts';
import { countOutOfOrder } from './order.ts';
import type { AcceptedEvent } from './producer.ts';
import type { Target } from './targets.ts';

/** What became of a run's events. */
export interface Outcome {
  readonly accepted: number;
  /** Deliveries by state, those that are not lost. */
  readonly states: Readonly<Record<string, number>>;
  /** Accepted events whose delivery is neither ended nor held, is not there, or `succeeded` though no receiver took it. */
  readonly lost: number;
  /** Requests after one of the same `webhook-id` that the receiver did not refuse. */
  readonly duplicates: number;
  /** Those of deliveries that were not in flight at the fault. */
  readonly unexplained: number;
  /** Requests or deliveries that belong to no accepted event, and second deliveries of one. */
  readonly strangers: number;
  /** Deliveries that were claimed by a worker when the fault struck; 0 without one. */
  readonly inFlight: number;
  /** Requests that were open at the receiver then. */
  readonly openAtReceiver: number;
  /** From the end of the fault, or from when it was accepted if that is later, to a delivery's end: the longest. */
  readonly worstDelayMs: number;
  /** At the endpoint that came closest to its limit. */
  readonly mostInFlight: { readonly count: number; readonly limit: number };
  /** Later events of a pass that arrived before an earlier one had ended; undefined where no order was asked for. */
  readonly outOfOrder: number | undefined;
}

/** All that is known of a run. */
export interface Evidence {
  readonly accepted: readonly AcceptedEvent[];
  readonly deliveries: readonly StoredDelivery[];
  readonly arrivals: readonly Arrival[];
  readonly targets: readonly Target[];
  /** The most requests that were open at once, by endpoint. */
  readonly mostOpen: readonly number[];
  /** `webhook-id`s. */
  readonly inFlight: ReadonlySet<string>;
  readonly struckAtMs: number | undefined;
  /** When the fault was over. */
  readonly faultEndedAtMs: number | undefined;
  readonly ordered: boolean;
}

export interface StoredDelivery {
  readonly eventId: string;
  readonly webhookId: string;
  readonly state: string;
  readonly endedAtMs: number | undefined;
}

const SETTLED = new Set(['succeeded', 'dead', 'cancelled', 'held']);

/** Compares accepted events with stored deliveries and received requests. */
export function tally(evidence: Evidence): Outcome {
  const { accepted, deliveries, arrivals, inFlight, faultEndedAtMs = 0 } = evidence;
  const ofEvent = Map.groupBy(deliveries, ({ eventId }) => eventId);
  const requests = Map.groupBy(arrivals, ({ webhookId }) => webhookId);
  const states: Record<string, number> = {};
  let worstDelayMs = 0;
  for (const { eventId, target, acceptedAtMs } of accepted) {
    const [delivery] = ofEvent.get(eventId) ?? [];
    const tries = (delivery && requests.get(delivery.webhookId)) ?? [];
    if (!delivery || isLost(delivery, tries)) continue;
    states[delivery.state] = (states[delivery.state] ?? 0) + 1;
    if (target.isHostile) continue;
    worstDelayMs = Math.max(worstDelayMs, endOf(delivery, tries) - Math.max(faultEndedAtMs, acceptedAtMs));
  }
  const repeated = [...requests].map(([id, tries]) => ({ id, count: countDuplicates(tries) }));
  return {
    accepted: accepted.length,
    states,
    lost: accepted.length - sum(Object.values(states)),
    duplicates: sum(repeated.map(({ count }) => count)),
    unexplained: sum(repeated.filter(({ id }) => !inFlight.has(id)).map(({ count }) => count)),
    strangers: countStrangers(evidence),
    inFlight: inFlight.size,
    openAtReceiver: countOpen(arrivals, evidence.struckAtMs),
    worstDelayMs,
    mostInFlight: closestToLimit(evidence),
    outOfOrder: evidence.ordered ? countOutOfOrder(accepted, arrivals) : undefined,
  };
}

function isLost({ state }: StoredDelivery, tries: readonly Arrival[]): boolean {
  return !SETTLED.has(state) || (state === 'succeeded' && !tries.some(({ fate }) => fate === 'taken'));
}

function endOf({ endedAtMs = 0 }: StoredDelivery, tries: readonly Arrival[]): number {
  return Math.max(endedAtMs, ...tries.map(({ beganAtMs }) => beganAtMs));
}

/** A request that broke off may have been accepted as well, so a later one is a duplicate. */
function countDuplicates(tries: readonly Arrival[]): number {
  const first = tries.findIndex(({ fate }) => fate !== 'refused');
  return first < 0 ? 0 : tries.length - first - 1;
}

function countStrangers({ accepted, deliveries, arrivals }: Evidence): number {
  const expected = new Set(accepted.map(({ eventId }) => eventId));
  const surplus = deliveries.filter(({ eventId }) => !expected.delete(eventId)).length;
  const stored = new Set(deliveries.map(({ webhookId }) => webhookId));
  return surplus + arrivals.filter(({ webhookId }) => !stored.has(webhookId)).length;
}

function countOpen(arrivals: readonly Arrival[], atMs: number | undefined): number {
  if (atMs === undefined) return 0;
  return arrivals.filter(({ beganAtMs, endedAtMs = Infinity }) => beganAtMs <= atMs && endedAtMs > atMs).length;
}

function closestToLimit({ targets, mostOpen }: Evidence): Outcome['mostInFlight'] {
  const all = targets.map(({ endpoint, maxInFlight: limit }) => ({ count: mostOpen[endpoint] ?? 0, limit }));
  const [closest] = all.toSorted((a, b) => b.count / b.limit - a.count / a.limit);
  if (!closest) throw new Error('there are no endpoints');
  return closest;
}

function sum(counts: readonly number[]): number {
  return counts.reduce((all, count) => all + count, 0);
}
