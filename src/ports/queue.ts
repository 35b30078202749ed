import type { DeliveryId, EndpointId, TenantId } from '../domain/id.ts';
import type { Limits } from '../domain/limits.ts';

/** A delivery whose attempt number `attempt` (from 1) is due in `delayMs`. */
export interface DueDelivery {
  readonly deliveryId: DeliveryId;
  readonly tenantId: TenantId;
  readonly endpointId: EndpointId;
  readonly attempt: number;
  readonly delayMs: number;
  /** The endpoint's limits; undefined: those last reported. */
  readonly limits?: Limits | undefined;
  /** A test is attempted at once, whatever the state of its endpoint, and counts in nothing. */
  readonly test?: boolean | undefined;
}

/** Deliveries of one endpoint. */
export interface SoughtDeliveries {
  readonly endpointId: EndpointId;
  readonly overdue: readonly DueDelivery[];
}

/** What the queue has of an endpoint. */
export interface Carried {
  readonly endpointId: EndpointId;
  /** How many deliveries are parked. */
  readonly parked: number;
  /** Its breaker is not closed: single probes are sent. */
  readonly isFailing: boolean;
  /** Of the deliveries that were looked for, those that are neither parked nor in flight. */
  readonly missing: readonly DueDelivery[];
}

export interface DeliveryQueue {
  /**
   * Asks for attempts and returns at once. Never throws and never waits for an unavailable Redis: `recover` finds in the store
   * whatever could not be offered. A delivery that is already offered or in flight is not queued twice.
   */
  offer(deliveries: readonly DueDelivery[]): void;
  /** The same, resolved once the queue has them. @throws Unavailable when Redis does not answer in time */
  offerAndWait(deliveries: readonly DueDelivery[]): Promise<void>;
  /** What the queue has of each endpoint, and which of the given deliveries it does not have. @throws Unavailable */
  lookFor(heads: readonly SoughtDeliveries[]): Promise<readonly Carried[]>;
  /** How many attempts are parked. @throws Unavailable */
  waiting(): Promise<number>;
  /** Removes jobs that failed without running: one would block a new job of the same id. @throws Unavailable */
  sweepDeadJobs(): Promise<void>;
}
