import type { WorkerId } from '../domain/id.ts';
import type { DueDelivery } from './queue.ts';

export interface Beat {
  /** The worker leads: it runs the sweeps that one worker runs for all. Two may lead for a moment, when one takes over. */
  readonly leads: boolean;
  /** Some workers are dead by now. */
  readonly someDied: boolean;
}

/** What a worker says of itself. */
export interface WorkerState {
  readonly mayLead: boolean;
  readonly slots: number;
  readonly inFlight: number;
}

/** A worker as people see it. */
export interface WorkerRecord {
  readonly id: WorkerId;
  readonly startedAt: Date;
  /** How long ago it last beat, by the store's clock. */
  readonly beatAgoMs: number;
  /** Undefined for one of an earlier version. */
  readonly version: string | undefined;
  readonly slots: number | undefined;
  readonly inFlight: number | undefined;
  readonly leads: boolean;
}

export interface WorkerList {
  /** Those that have not signed off, oldest first; a dead one until another has released its claims. @throws Unavailable */
  list(): Promise<readonly WorkerRecord[]>;
}

export interface ReleasedClaims {
  readonly workers: readonly WorkerId[];
  /** The deliveries that they had claimed, due now. */
  readonly due: readonly DueDelivery[];
}

/**
 * The worker processes that are alive. A worker is dead when it has not beaten for eight seconds by the store's clock, and the
 * store has answered beats all that time; after an outage of the store the count begins anew.
 */
export interface WorkerRegistry {
  /**
   * Records that this worker is alive. To be called every second.
   *
   * @param state `mayLead`: false while it drains, or could not run the sweeps; the rest is for people
   * @throws Unavailable
   */
  beat(state: WorkerState): Promise<Beat>;
  /**
   * Removes dead workers and makes their claims due. A claim that a worker made after it counted as dead stays: it lives.
   *
   * @throws Unavailable
   */
  releaseDead(): Promise<ReleasedClaims>;
  /** Removes this worker, unless claims of it are left, which the others then release as those of a dead one. @throws Unavailable */
  leave(): Promise<void>;
}
