import type { SendOutcome, Verdict } from './attempt.ts';
import type { DeliveryId, EndpointId, EventId, MessageId, SubscriptionId, TenantId } from './id.ts';
import type { Trigger } from './trigger.ts';

/** Open: something will still happen, or can. `parked` and `blocked` wait for their endpoint's share or their pass's turn. */
export const OPEN_STATES = ['pending', 'delivering', 'retrying', 'blocked', 'parked', 'held'] as const;
const ENDED_STATES = ['succeeded', 'dead', 'cancelled'] as const;
export const DELIVERY_STATES = [...OPEN_STATES, ...ENDED_STATES] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];

/** Event x subscription, as it is listed. */
export interface Delivery {
  readonly id: DeliveryId;
  readonly tenantId: TenantId;
  readonly eventId: EventId;
  readonly subscriptionId: SubscriptionId;
  readonly endpointId: EndpointId;
  readonly trigger: Trigger;
  readonly passId: string;
  readonly state: DeliveryState;
  /** Attempts made so far, over all rounds. */
  readonly attempts: number;
  /** When somebody must look at it again: the next attempt, or the end of a claim's lease. */
  readonly dueAt: Date | undefined;
  /** The `webhook-id` of every attempt. */
  readonly messageId: MessageId;
  readonly replayOf: DeliveryId | undefined;
  readonly test: boolean;
  readonly lastStatus: number | undefined;
  readonly lastReason: string | undefined;
  readonly createdAt: Date;
  readonly endedAt: Date | undefined;
  /** Why it was cancelled or died, and by whom (`system`, or an API key's id). */
  readonly endedReason: string | undefined;
  readonly endedBy: string | undefined;
}

/** One HTTP try, or one failure to build the body (`unbuildable`). */
export interface Attempt {
  readonly deliveryId: DeliveryId;
  readonly number: number;
  readonly startedAt: Date;
  readonly outcome: SendOutcome | Unbuildable;
  readonly verdict: Verdict['kind'];
  /** What was sent, values of credentials blanked; undefined when nothing was. */
  readonly request: SentRequest | undefined;
}

export interface Unbuildable {
  readonly kind: 'unbuildable';
  readonly reason: string;
}

export interface SentRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** What becomes of a delivery after an attempt. */
export type NextState =
  | { readonly state: 'succeeded' }
  | { readonly state: 'retrying'; readonly delayMs: number; readonly reason: string }
  | { readonly state: 'dead'; readonly reason: string };
