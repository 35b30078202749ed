import type { Breaker } from '../domain/breaker.ts';
import type { Delivery } from '../domain/delivery.ts';
import type { EndpointId } from '../domain/id.ts';

/** An endpoint starts to fail (its breaker opened), or it has recovered (`failingForMs` undefined). */
export interface HealthChange {
  readonly endpointId: EndpointId;
  /** How long ago it failed first: the time as such is by another clock than the store's. */
  readonly failingForMs: number | undefined;
}

/** The live state of an endpoint, over all workers. */
export interface EndpointHealth {
  /** False when no attempt has reported its health yet, or Redis lost it. */
  readonly isKnown: boolean;
  readonly breaker: Breaker;
  /** Nothing is sent before this instant: the breaker is open, or the receiver asked for a pause. */
  readonly pausedUntil: Date | undefined;
  /** How long until then, by the clock that `pausedUntil` is of. */
  readonly pausedForMs: number | undefined;
  /** Consecutive failures. */
  readonly failures: number;
  readonly failingForMs: number | undefined;
  /** How long ago it failed last. */
  readonly lastFailedAgoMs: number | undefined;
  /** Most in flight now; grows with successes up to its limit. */
  readonly share: number;
  readonly inFlight: number;
  /** Deliveries that wait for the share of their endpoint or tenant. */
  readonly parked: number;
}

export type WaitingDelivery = Pick<Delivery, 'id' | 'endpointId' | 'attempts'>;

/** Live, so each method throws Unavailable when Redis does not answer in time. */
export interface EndpointHealthStore {
  of(endpoints: readonly EndpointId[]): Promise<ReadonlyMap<EndpointId, EndpointHealth>>;
  /** Endpoints whose breaker opened and has not closed again, and how many milliseconds ago they failed first. */
  failing(): Promise<ReadonlyMap<EndpointId, number>>;
  /** The deliveries whose next attempt waits for the share of its endpoint or tenant. */
  waitingAmong<T extends WaitingDelivery>(deliveries: readonly T[]): Promise<ReadonlySet<T>>;
  /** Closes the breaker and clears failures and pauses. */
  reset(endpoint: EndpointId): Promise<void>;
}
