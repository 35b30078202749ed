import type { Limits } from '../domain/endpoint-signal.ts';
import type { DeliveryId, EndpointId, TenantId } from '../domain/id.ts';

/** A delivery that wants its attempt number `attempt` (from 1), `delayMs` from now. */
export interface DueDelivery {
  readonly deliveryId: DeliveryId;
  readonly tenantId: TenantId;
  readonly endpointId: EndpointId;
  readonly attempt: number;
  readonly delayMs: number;
  /** What the endpoint may be given; undefined: as it was said last. */
  readonly limits?: Limits | undefined;
}

export interface DeliveryQueue {
  /**
   * Asks for attempts and returns at once. Never throws and never waits for a Redis that is away: what it cannot hand over,
   * `recover` finds in the store. What is offered already, or in flight, is not doubled.
   */
  offer(deliveries: readonly DueDelivery[]): void;
  /** The same, done when the queue has them. @throws Unavailable when Redis does not answer in time */
  offerAndWait(deliveries: readonly DueDelivery[]): Promise<void>;
  /** How many attempts wait for their turn. @throws Unavailable */
  waiting(): Promise<number>;
  /** Removes the remains of jobs that ended without running, which would swallow a new job of the same id. @throws Unavailable */
  sweepDeadJobs(): Promise<void>;
}
