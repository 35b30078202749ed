import { type ContentRemoval, removalText } from './content-removal.ts';
import type { Delivery, DeliveryState } from './delivery.ts';
import type { DeliveryCourse } from './delivery-course.ts';

export const DELIVERY_ACTIONS = [
  'retry',
  'replay_same',
  'replay_fresh',
  'cancel',
  'discard',
  'enable_endpoint',
  'enable_subscription',
] as const;
export type DeliveryAction = (typeof DELIVERY_ACTIONS)[number];

/** Why an action is refused: the code and the detail of the problem that the verb answers with. */
export interface Refusal {
  readonly code: string;
  readonly detail: string;
}

/** What decides. `delivery` is as it is stored: whether it is parked decides nothing. */
export interface ActionFacts {
  readonly delivery: Pick<Delivery, 'state' | 'test' | 'removed'>;
  readonly course: Pick<DeliveryCourse, 'dueInMs' | 'letters' | 'isSubscriptionGone' | 'isEventStored'>;
}

export const SUBSCRIPTION_GONE: Refusal = {
  code: 'subscription-gone',
  detail: 'The subscription was deleted; there is nowhere to deliver to.',
};
export const EVENT_GONE: Refusal = {
  code: 'event-gone',
  detail: 'The event is no longer stored; replay the same bytes instead.',
};
export const ALREADY_CLOSED: Refusal = {
  code: 'already-closed',
  detail: 'The dead letter was replayed or discarded before.',
};

/** @param removal undefined when it happened a moment ago */
export const CONTENT_REMOVED = 'content-removed';

export function contentRemoved(removal: ContentRemoval | undefined): Refusal {
  const when = removal ? removalText(removal) : 'was just removed';
  return { code: CONTENT_REMOVED, detail: `What was to be sent ${when}: it cannot be sent again.` };
}

/**
 * Why an action on a delivery is refused; undefined when it is allowed. The verbs and the list of allowed actions both ask here, so
 * that they never disagree.
 */
export function refusalOf(
  action: Exclude<DeliveryAction, 'enable_endpoint' | 'enable_subscription'>,
  { delivery, course }: ActionFacts,
): Refusal | undefined {
  const { state, test, removed } = delivery;
  switch (action) {
    case 'retry':
      if (state === 'retrying' && (course.dueInMs ?? 0) > 0) return undefined;
      return { code: 'not-retrying', detail: `The delivery ${WHAT_WOULD_WORK[state]}.` };
    case 'replay_same':
      if (test) return IS_TEST;
      if (course.isSubscriptionGone) return SUBSCRIPTION_GONE;
      // what retention removed may still be in its dead letter
      if (removed?.reason === 'erasure' || (removed && course.letters.length === 0)) return contentRemoved(removed);
      return hasEnded(state) ? undefined : stillOpen(state);
    case 'replay_fresh':
      if (test) return IS_TEST;
      if (course.isSubscriptionGone) return SUBSCRIPTION_GONE;
      if (removed?.reason === 'erasure') return contentRemoved(removed);
      return course.isEventStored ? undefined : EVENT_GONE;
    case 'cancel':
      if (!hasEnded(state) && state !== 'delivering') return undefined;
      return { code: 'not-cancellable', detail: `The delivery ${whyNotCancelled(state)}.` };
    case 'discard':
      return course.letters.some(({ closed }) => !closed) ? undefined : ALREADY_CLOSED;
  }
}

const IS_TEST: Refusal = { code: 'not-replayable', detail: 'The delivery is a test: send another test instead.' };

function stillOpen(state: DeliveryState): Refusal {
  const detail = `The delivery is ${state}: only one that ended can be replayed. It can be cancelled first.`;
  return { code: 'still-open', detail };
}

function whyNotCancelled(state: DeliveryState): string {
  return state === 'delivering' ? 'is being sent right now; try again in a moment' : `is ${state} already`;
}

function hasEnded(state: DeliveryState): boolean {
  return state === 'succeeded' || state === 'dead' || state === 'cancelled';
}

const DUE_ALREADY =
  'is due already: it goes out as soon as its endpoint and a worker have room, or its breaker lets it through';

/** What a delivery that does not wait for a retry is, and what would work. */
const WHAT_WOULD_WORK: Readonly<Record<DeliveryState, string>> = {
  pending: DUE_ALREADY,
  parked: DUE_ALREADY,
  delivering: 'is being sent right now',
  retrying: DUE_ALREADY,
  held: 'is held, because its subscription is disabled: enable the subscription or the endpoint',
  blocked: 'waits for an earlier delivery of its pass: retry or cancel that one',
  succeeded: 'was delivered: replay it to send it again',
  dead: 'failed permanently: replay it to send it again',
  cancelled: 'was cancelled: replay it to send it again',
};
