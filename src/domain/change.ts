import type { Verdict } from './attempt.ts';
import type { DeliveryState } from './delivery.ts';
import type { DeliveryId, EndpointId, EventId, SubscriptionId, TenantId } from './id.ts';
import type { Trigger } from './trigger.ts';

/**
 * What happened to a delivery.
 *
 * - `created`: it is new
 * - `attempted`: an attempt ended
 * - `expedited`: a person had its retry brought forward
 * - `reopened`: it had ended, and is replayed with the same bytes
 * - `held`: a worker found its subscription disabled
 * - `cancelled`: it will not be sent
 */
export const CHANGE_ACTIONS = ['created', 'attempted', 'expedited', 'reopened', 'held', 'cancelled'] as const;
export type ChangeAction = (typeof CHANGE_ACTIONS)[number];

/** An attempt in one line. */
export interface AttemptSummary {
  readonly number: number;
  /** When it started, ISO 8601, by the clock of its worker. */
  readonly startedAt: string;
  readonly verdict: Verdict['kind'];
  /** The HTTP status; undefined when no response came. */
  readonly status?: number | undefined;
  /** Why it failed. */
  readonly reason?: string | undefined;
  /** Undefined when nothing was sent. */
  readonly durationMs?: number | undefined;
}

/** A change of a delivery, with what lists of deliveries filter by. */
export interface DeliveryChange {
  readonly kind: 'delivery';
  readonly action: ChangeAction;
  readonly tenantId: TenantId;
  readonly deliveryId: DeliveryId;
  readonly subscriptionId: SubscriptionId;
  readonly endpointId: EndpointId;
  readonly eventId: EventId;
  readonly trigger: Trigger;
  readonly passId: string;
  readonly test: boolean;
  /** After the change. */
  readonly state: DeliveryState;
  /** The HTTP status of the last attempt. */
  readonly lastStatus?: number | undefined;
  /** With the action `attempted`. */
  readonly attempt?: AttemptSummary | undefined;
}

/** An endpoint began to fail, recovered, or was enabled or disabled. */
export interface EndpointChange {
  readonly kind: 'endpoint';
  readonly tenantId: TenantId;
  readonly endpointId: EndpointId;
}

/** What is announced to those who watch. */
export type Change = DeliveryChange | EndpointChange;
