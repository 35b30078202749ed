/** How much is measured. */
export interface Sizes {
  /** Interleaved rounds of each side of a comparison. */
  readonly rounds: number;
  /** Deliveries, requests or jobs of one round at full load. */
  readonly load: number;
  /** Of one measurement at a fixed rate. */
  readonly seconds: number;
  /** Deliveries queued for endpoints that never answer. */
  readonly hanging: number;
  /** Deliveries queued of another tenant, and of the memory part. */
  readonly backlog: number;
  readonly smallBacklog: number;
  /** Deliveries stored before the cost of one more is measured. */
  readonly stored: readonly number[];
}

export const FULL: Sizes = {
  rounds: 3,
  load: 10_000,
  seconds: 10,
  hanging: 20_000,
  backlog: 100_000,
  smallBacklog: 1000,
  stored: [1000, 100_000, 1_000_000],
};

/** For trying the bench itself: figures of these sizes are no evidence about the targets. */
export const QUICK: Sizes = {
  rounds: 2,
  load: 2000,
  seconds: 4,
  hanging: 2000,
  backlog: 10_000,
  smallBacklog: 1000,
  stored: [1000, 10_000, 100_000],
};
