import type { WorkerId } from '../domain/id.ts';
import type { DueDelivery } from './queue.ts';

export interface Beat {
  /** The worker leads: it runs the sweeps that one worker runs for all. Two may lead for a moment, when one takes over. */
  readonly leads: boolean;
  /** Some workers are dead by now. */
  readonly someDied: boolean;
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
   * @param state `mayLead`: false while it drains, or could not run the sweeps
   * @throws Unavailable
   */
  beat(state: { readonly mayLead: boolean }): Promise<Beat>;
  /**
   * Removes dead workers and makes their claims due. A claim that a worker made after it counted as dead stays: it lives.
   *
   * @throws Unavailable
   */
  releaseDead(): Promise<ReleasedClaims>;
  /** Removes this worker, unless claims of it are left, which the others then release as those of a dead one. @throws Unavailable */
  leave(): Promise<void>;
}
