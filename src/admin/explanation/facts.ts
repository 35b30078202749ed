import type { Attempt } from '../../domain/attempt.ts';
import type { Breaker } from '../../domain/breaker.ts';
import type { Delivery } from '../../domain/delivery.ts';
import type { DeliveryCourse } from '../../domain/delivery-course.ts';
import type { DeliveryPolicy } from '../../domain/policy.ts';
import type { DisabledReason } from '../../domain/subscription.ts';

/** The live state of an endpoint, as far as it explains a delivery. */
export interface LiveEndpoint {
  readonly breaker: Breaker;
  readonly pausedUntil: Date | undefined;
  readonly pausedForMs: number | undefined;
  readonly failures: number;
  readonly share: number;
  readonly inFlight: number;
  readonly parked: number;
}

/** Everything that explains a delivery. */
export interface DeliveryFacts {
  /** As it is shown: one that waits at the gate is `parked`. */
  readonly delivery: Delivery;
  readonly attempts: readonly Attempt[];
  readonly course: DeliveryCourse;
  /** The host of the endpoint. */
  readonly host: string;
  /** The vendor's name and the policy that judges attempts now; undefined: the integration was deleted. */
  readonly judge: { readonly label: string; readonly policy: DeliveryPolicy } | undefined;
  /** Why its subscription is disabled, and by whom. */
  readonly disabled: { readonly reason: DisabledReason; readonly by: string | undefined } | undefined;
  /** Undefined: unknown, because Redis does not answer. */
  readonly live: LiveEndpoint | undefined;
  /** Whether it is known if it waits at the gate. */
  readonly isLiveKnown: boolean;
  readonly ratePerSecond: number | undefined;
  /** Deliveries that go out before it when what holds it is enabled; 0 unless it is held. */
  readonly heldBefore: number;
  /** Names who did something, for people: `the key "ci-deploy"`. */
  readonly whoIs: (by: string | undefined) => string;
}

/** The attempts of the current round: since the last replay of the same bytes. */
export function attemptsOfRound({ attempts, course }: Pick<DeliveryFacts, 'attempts' | 'course'>): readonly Attempt[] {
  const replayed = course.changes.findLast(({ kind }) => kind === 'replayed');
  return replayed ? attempts.filter(({ number }) => number > replayed.attempts) : attempts;
}

/** Whether a person brought an attempt forward. */
export function isByHand({ course }: Pick<DeliveryFacts, 'course'>, number: number): boolean {
  return course.changes.some(
    ({ kind, attempts }) => (kind === 'retried' || kind === 'brought_forward') && attempts === number - 1,
  );
}
