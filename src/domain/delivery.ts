import type { ContentRemoval } from './content-removal.ts';
import type { DeliveryId, EndpointId, EventId, MessageId, SubscriptionId, TenantId } from './id.ts';
import type { Trigger } from './trigger.ts';

/** Open: it can still be delivered. `parked` waits for its endpoint's share, `blocked` for an earlier delivery of its pass. */
export const OPEN_STATES = ['pending', 'delivering', 'retrying', 'blocked', 'parked', 'held'] as const;
const ENDED_STATES = ['succeeded', 'dead', 'cancelled'] as const;
export const DELIVERY_STATES = [...OPEN_STATES, ...ENDED_STATES] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];

/** `event`: an event for a subscription. `unsubscribe`: tells a receiver that its subscription was deleted; there is no event. */
export const DELIVERY_KINDS = ['event', 'unsubscribe'] as const;
export type DeliveryKind = (typeof DELIVERY_KINDS)[number];

/** Event x subscription, as it is listed. */
export interface Delivery {
  readonly kind: DeliveryKind;
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
  /** When it is due: the next attempt, or the end of a claim's lease. */
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
  /** When set, its body and answers are no longer stored. */
  readonly removed?: ContentRemoval | undefined;
}
