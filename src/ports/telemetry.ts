import type { Attempt } from '../domain/attempt.ts';
import type { DeadLetterId, EndpointId, EventId, SubscriptionId, TenantId } from '../domain/id.ts';
import type { DialectName } from '../domain/integration.ts';
import type { NextState } from '../domain/retry.ts';
import type { ClaimedDelivery } from './claims.ts';

/** An attempt whose result was written, or whose claim no longer stood. */
export interface AttemptReport {
  readonly claimed: ClaimedDelivery;
  readonly dialect: DialectName;
  readonly attempt: Attempt;
  readonly next: NextState;
  /** False: another worker had taken the delivery over, and the result was dropped. */
  readonly recorded: boolean;
  readonly deadLetterId: DeadLetterId | undefined;
  /** The body as sent; undefined when nothing was sent. */
  readonly body: string | undefined;
  /** How long the result took to be written. */
  readonly recordMs: number;
}

/** Requests that were stored together (group commit). */
export interface EventGroupReport {
  readonly requests: number;
  readonly accepted: number;
  readonly duplicates: number;
  readonly refused: number;
  readonly deliveries: number;
  /** Deliveries that filters of subscriptions have kept from being made. */
  readonly filteredOut: number;
  readonly tenants: readonly TenantId[];
  /** Of accepted events and duplicates; the first ones of a large group. */
  readonly eventIds: readonly EventId[];
  readonly durationMs: number;
}

/** A change that was stored: an endpoint begins to fail (its breaker opened) or has recovered (`failingSince` undefined). */
export interface EndpointChange {
  readonly tenantId: TenantId;
  readonly endpointId: EndpointId;
  readonly failingSince: Date | undefined;
}

export interface EndpointDisabled {
  readonly tenantId: TenantId;
  readonly endpointId: EndpointId;
  readonly reason: 'gone' | 'failing';
  readonly subscriptions: readonly SubscriptionId[];
}

export interface RequestReport {
  readonly requestId: string;
  readonly method: string;
  /** The route's pattern, never the path as requested; undefined when there is no such route. */
  readonly route: string | undefined;
  readonly status: number;
  /** False: the client closed the connection before it had the answer. */
  readonly complete: boolean;
  readonly durationMs: number;
  readonly requestBytes: number;
  readonly responseBytes: number;
  /** Id of the API key. */
  readonly caller?: string | undefined;
  readonly tenantId?: TenantId | undefined;
  /** The code of the problem that was answered. */
  readonly problem?: string | undefined;
}

/** Receives what a worker did, for its log and its metrics. Never throws and never waits. */
export interface DeliveryTelemetry {
  attemptMade(report: AttemptReport): void;
  endpointChanged(change: EndpointChange): void;
  endpointDisabled(disabled: EndpointDisabled): void;
}

/** Receives what an API process did, for its log and its metrics. Never throws and never waits. */
export interface ApiTelemetry {
  eventsStored(report: EventGroupReport): void;
  requestServed(report: RequestReport): void;
}
