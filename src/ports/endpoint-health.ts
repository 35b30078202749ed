import type { Delivery } from '../domain/delivery.ts';
import type { EndpointId } from '../domain/id.ts';

/** An endpoint begins to fail (its breaker opened), or it answers again (`failingSince` undefined). */
export interface HealthChange {
  readonly endpointId: EndpointId;
  readonly failingSince: Date | undefined;
}

/** `open`: nothing is sent; `half-open`: one at a time, to see whether the endpoint is back. */
export const BREAKERS = ['closed', 'open', 'half-open'] as const;
export type Breaker = (typeof BREAKERS)[number];

/** What is true of an endpoint at this moment, over all workers. */
export interface EndpointHealth {
  /** False when no attempt told of its health yet, or since Redis forgot. */
  readonly isKnown: boolean;
  readonly breaker: Breaker;
  /** Nothing is sent before: the breaker is open, or the receiver asked for a pause. */
  readonly pausedUntil: Date | undefined;
  /** In a row. */
  readonly failures: number;
  readonly failingSince: Date | undefined;
  readonly lastFailedAt: Date | undefined;
  /** Most in flight now; grows with successes up to its limit. */
  readonly share: number;
  readonly inFlight: number;
  /** Deliveries that wait for their turn. */
  readonly parked: number;
}

export type WaitingDelivery = Pick<Delivery, 'id' | 'endpointId' | 'attempts'>;

/** Live, so each method throws Unavailable when Redis does not answer in time. */
export interface EndpointHealthStore {
  of(endpoints: readonly EndpointId[]): Promise<ReadonlyMap<EndpointId, EndpointHealth>>;
  /** Endpoints whose breaker opened and did not close again, and since when they fail. */
  failing(): Promise<ReadonlyMap<EndpointId, Date>>;
  /** Those whose next attempt waits for the share of its endpoint or tenant. */
  waitingAmong<T extends WaitingDelivery>(deliveries: readonly T[]): Promise<ReadonlySet<T>>;
  /** Closes the breaker and forgets failures and pauses. */
  reset(endpoint: EndpointId): Promise<void>;
}
