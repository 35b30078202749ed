import type { DeliveryState } from './delivery.ts';
import type { DeadLetterId, DeliveryId } from './id.ts';
import type { DisabledReason } from './subscription.ts';

/**
 * What changed a delivery's course beside its attempts.
 *
 * - `held`, `released`: its subscription was disabled while it waited, or enabled
 * - `retried`: a person brought its retry forward; `brought_forward`: enabling its endpoint did
 * - `replayed`: it had ended and was opened again; `rendered_anew`: its event was delivered once more, as another delivery
 */
const COURSE_CHANGES = ['held', 'released', 'retried', 'brought_forward', 'replayed', 'rendered_anew'] as const;

export interface CourseChange {
  readonly kind: (typeof COURSE_CHANGES)[number];
  readonly at: Date;
  /** Attempts made before. */
  readonly attempts: number;
  /** Who did it: an API key's id. Undefined: the system. */
  readonly by: string | undefined;
  /** Why its subscription was disabled (`held`). */
  readonly reason: DisabledReason | undefined;
  /** How it had ended before (`replayed`). */
  readonly was: EndedAs | undefined;
  /** The other delivery (`rendered_anew`). */
  readonly as: DeliveryId | undefined;
}

export interface EndedAs {
  readonly state: DeliveryState;
  readonly at: Date | undefined;
  readonly reason: string | undefined;
  readonly by: string | undefined;
}

export interface LetterOfDelivery {
  readonly id: DeadLetterId;
  readonly createdAt: Date;
  readonly closed: ClosedLetter | undefined;
}

export interface ClosedLetter {
  readonly as: 'replayed' | 'discarded';
  readonly by: string;
  readonly reason: string | undefined;
  readonly at: Date;
}

/** What explains a delivery beside its row and its attempts, as of one moment of the store's clock. */
export interface DeliveryCourse {
  readonly now: Date;
  /** Attempts that do not count for the schedule of the current round: those of earlier rounds, and those made by hand. */
  readonly attemptsBefore: number;
  /** Until it is due, in milliseconds; 0 or less: it is due. Undefined: no attempt is planned. */
  readonly dueInMs: number | undefined;
  /** When the attempt after one made by hand takes place, should that fail. */
  readonly plannedAt: Date | undefined;
  readonly changes: readonly CourseChange[];
  /** The first open delivery of its pass, which it waits for. */
  readonly blockedBy: { readonly id: DeliveryId; readonly state: DeliveryState } | undefined;
  /** Its dead letters, oldest first, at most the last 20. */
  readonly letters: readonly LetterOfDelivery[];
  readonly isSubscriptionGone: boolean;
  readonly isEventStored: boolean;
}
