import { toId } from '../../src/domain/id.ts';
import type { Arrival } from './actors/receiver.ts';
import { countOutOfOrder } from './order.ts';
import type { Run } from './run.ts';
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
  readonly repeats: number;
  readonly wrongAnswers: readonly string[];
  readonly slowestAnswerMs: number;
}

interface Seen {
  readonly running: Run;
  readonly targets: readonly Target[];
  readonly ordered: boolean;
  /** When the fault was over. */
  readonly mendedAtMs: number | undefined;
}

interface DeliveryRow {
  readonly event_id: string;
  readonly message_id: string;
  readonly state: string;
  readonly ended_at_ms: number | null;
}

const SETTLED = new Set(['succeeded', 'dead', 'cancelled', 'held']);

/** Holds what the producer was promised against what is stored and what arrived. */
export async function tally(seen: Seen): Promise<Outcome> {
  const { running, ordered, mendedAtMs = 0 } = seen;
  const { installation, producer } = running;
  const { arrivals, mostOpen } = await installation.receiver.call('seen');
  const rows = await installation.query<DeliveryRow>(
    `SELECT event_id, message_id, state, extract(epoch FROM ended_at)::float * 1000 AS ended_at_ms FROM deliveries ORDER BY id`,
  );
  const deliveries = Map.groupBy(rows, ({ event_id }) => toId('event', event_id) as string);
  const requests = Map.groupBy(arrivals, ({ webhookId }) => webhookId);
  const states: Record<string, number> = {};
  const delays: number[] = [];
  let lost = 0;
  let strangers = 0;
  for (const event of producer.accepted) {
    const [row, ...more] = deliveries.get(event.eventId) ?? [];
    deliveries.delete(event.eventId);
    strangers += more.length;
    const ofRow = (row && requests.get(messageId(row))) ?? [];
    if (!row || isLost(row, ofRow)) {
      lost += 1;
      continue;
    }
    states[row.state] = (states[row.state] ?? 0) + 1;
    if (!event.target.isHostile) delays.push(endOf(row, ofRow) - Math.max(mendedAtMs, event.acceptedAtMs));
  }
  const ours = new Set(rows.map(messageId));
  const repeated = [...requests].map(([id, ofId]) => ({ id, count: countDuplicates(ofId) }));
  return {
    accepted: producer.accepted.length,
    states,
    lost,
    duplicates: sum(repeated),
    unexplained: sum(repeated.filter(({ id }) => !running.inFlight.has(id))),
    strangers: strangers + deliveries.size + [...requests.keys()].filter((id) => !ours.has(id)).length,
    inFlight: running.inFlight.size,
    openAtReceiver: countOpen(arrivals, running.struckAtMs),
    worstDelayMs: Math.max(0, ...delays),
    mostInFlight: closestToLimit(seen.targets, mostOpen),
    outOfOrder: ordered ? countOutOfOrder(producer.accepted, arrivals) : undefined,
    repeats: producer.repeats,
    wrongAnswers: producer.wrongAnswers,
    slowestAnswerMs: producer.slowestMs,
  };
}

function messageId({ message_id }: DeliveryRow): string {
  return toId('message', message_id);
}

function isLost({ state }: DeliveryRow, arrivals: readonly Arrival[]): boolean {
  return !SETTLED.has(state) || (state === 'succeeded' && !arrivals.some(({ fate }) => fate === 'taken'));
}

function endOf({ ended_at_ms }: DeliveryRow, arrivals: readonly Arrival[]): number {
  return Math.max(ended_at_ms ?? 0, ...arrivals.map(({ beganAtMs }) => beganAtMs));
}

/** A request that broke off may have been taken as well, so what comes after it is a duplicate. */
function countDuplicates(arrivals: readonly Arrival[]): number {
  const first = arrivals.findIndex(({ fate }) => fate !== 'refused');
  return first < 0 ? 0 : arrivals.length - first - 1;
}

function countOpen(arrivals: readonly Arrival[], atMs: number | undefined): number {
  if (atMs === undefined) return 0;
  return arrivals.filter(({ beganAtMs, endedAtMs = Infinity }) => beganAtMs <= atMs && endedAtMs > atMs).length;
}

function closestToLimit(targets: readonly Target[], mostOpen: readonly number[]): Outcome['mostInFlight'] {
  const all = targets.map(({ endpoint, maxInFlight: limit }) => ({ count: mostOpen[endpoint] ?? 0, limit }));
  const [closest] = all.toSorted((a, b) => b.count / b.limit - a.count / a.limit);
  if (!closest) throw new Error('there are no endpoints');
  return closest;
}

function sum(counts: readonly { readonly count: number }[]): number {
  return counts.reduce((all, { count }) => all + count, 0);
}
