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
}

export interface DeliveryQueue {
  /**
   * Asks for attempts and returns at once. Never throws and never waits for an unavailable Redis: `recover` finds in the store
   * whatever could not be offered. A delivery that is already offered or in flight is not queued twice.
   */
  offer(deliveries: readonly DueDelivery[]): void;
  /** The same, resolved once the queue has them. @throws Unavailable when Redis does not answer in time */
  offerAndWait(deliveries: readonly DueDelivery[]): Promise<void>;
  /** How many attempts are parked. @throws Unavailable */
  waiting(): Promise<number>;
  /** Removes jobs that failed without running: one would block a new job of the same id. @throws Unavailable */
  sweepDeadJobs(): Promise<void>;
}
