import type { DeliveryFacts } from '../../../../src/admin/explanation/facts.ts';
import type { Attempt, SendFailure, Timings, UnbuildableCause } from '../../../../src/domain/attempt.ts';
import type { Delivery, DeliveryState } from '../../../../src/domain/delivery.ts';
import type { CourseChange, DeliveryCourse } from '../../../../src/domain/delivery-course.ts';
import { deliveryId, newId } from '../../../../src/domain/id.ts';
import { type DeliveryPolicy, STANDARD_POLICY } from '../../../../src/domain/policy.ts';

// Facts of a delivery as tests of its explanation need them: everything that a case does not name is as in a quiet hour.

const HOST = 'hooks.example.com';
export const NOW = new Date('2026-11-24T14:05:00Z');
const [tenantId, eventId, subscriptionId] = [newId('tenant', 1), newId('event', 1), newId('subscription', 1)];
const id = deliveryId(eventId, subscriptionId);

/** An instant of the day of `NOW`. */
export const at = (time: string): Date => new Date(`2026-11-24T${time}Z`);

export const VIBES_POLICY: DeliveryPolicy = { ...STANDARD_POLICY, permanent: [{ from: 400, to: 499, except: [408, 429] }] };

const body = { text: '', truncated: false };

export function answered(
  number: number,
  time: string,
  status: number,
  more: { verdict?: Attempt['verdict']; headers?: Record<string, string>; totalMs?: number } = {},
): Attempt {
  const { verdict = status < 300 ? 'delivered' : 'retryable', headers = {}, totalMs = 182 } = more;
  const outcome = { kind: 'response', status, headers, body, remoteAddress: undefined, timings: { totalMs } } as const;
  return { deliveryId: id, number, startedAt: at(time), verdict, outcome, request: undefined };
}

export function failed(
  number: number,
  time: string,
  failure: SendFailure,
  detail = '',
  timings: Timings = { totalMs: 3 },
): Attempt {
  const outcome = { kind: 'failure', failure, detail, remoteAddress: undefined, timings } as const;
  return { deliveryId: id, number, startedAt: at(time), verdict: 'retryable', outcome, request: undefined };
}

export function unbuildable(
  number: number,
  time: string,
  reason: string,
  more: { verdict?: 'permanent' | 'retryable'; cause?: UnbuildableCause } = {},
): Attempt {
  const { verdict = 'permanent', cause } = more;
  const outcome = { kind: 'unbuildable', reason, ...(cause && { cause }) } as const;
  return { deliveryId: id, number, startedAt: at(time), verdict, outcome, request: undefined };
}

export function change(kind: CourseChange['kind'], time: string, more: Partial<CourseChange> = {}): CourseChange {
  return { kind, at: at(time), attempts: 0, by: undefined, reason: undefined, was: undefined, as: undefined, ...more };
}

export interface Case {
  readonly state: DeliveryState;
  readonly attempts?: readonly Attempt[];
  readonly delivery?: Partial<Delivery>;
  readonly course?: Partial<DeliveryCourse>;
  readonly dueInMs?: number;
  readonly facts?: Partial<DeliveryFacts>;
}

export function factsOf({ state, attempts = [], delivery, course, dueInMs, facts }: Case): DeliveryFacts {
  return {
    delivery: {
      kind: 'event',
      id,
      tenantId,
      eventId,
      subscriptionId,
      endpointId: newId('endpoint', 1),
      trigger: 'pass.installed',
      passId: 'Store-78912',
      state,
      attempts: attempts.length,
      dueAt: dueInMs === undefined ? undefined : new Date(NOW.getTime() + dueInMs),
      messageId: newId('message', 1),
      replayOf: undefined,
      test: false,
      lastStatus: undefined,
      lastReason: undefined,
      createdAt: at('08:00:00'),
      endedAt: undefined,
      endedReason: undefined,
      endedBy: undefined,
      ...delivery,
    },
    attempts,
    course: {
      now: NOW,
      attemptsBefore: 0,
      dueInMs,
      plannedAt: undefined,
      changes: [],
      blockedBy: undefined,
      letters: [],
      isSubscriptionGone: false,
      isEventStored: true,
      ...course,
    },
    host: HOST,
    judge: { label: 'Vibes', policy: VIBES_POLICY },
    disabled: undefined,
    live: undefined,
    isLiveKnown: true,
    ratePerSecond: undefined,
    heldBefore: 0,
    whoIs: (by) => (by === undefined || by === 'system' ? 'Passwire' : `the key "${by}"`),
    ...facts,
  };
}

export const LIVE = {
  breaker: 'closed',
  pausedUntil: undefined,
  pausedForMs: undefined,
  failures: 0,
  share: 10,
  inFlight: 0,
  parked: 1,
} as const;

export const LETTER = { id: newId('deadLetter', 1), createdAt: at('09:12:40'), closed: undefined };
