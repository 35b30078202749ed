/** Enough to keep an event loop busy whose receivers answer promptly. */
const LEAST = 64;
const FULL = 0.85;
const ROOM = 0.7;
const SHRINK = 0.6;
const GROW = 1.5;
/** What is in hand for longer waits for a slow receiver, which costs no processor time. */
export const WAITING_AFTER_MS = 1000;

/** What a worker did since it was asked last. */
export interface Busyness {
  /** Share of the time that its event loop was busy, 0 to 1. */
  readonly utilization: number;
  /** Deliveries that have been in hand for over `WAITING_AFTER_MS`. */
  readonly waiting: number;
}

/**
 * How many deliveries a worker offers to have in hand. One whose event loop is full does not get faster by having more, but
 * whatever comes then waits behind all of it; so it offers fewer until its loop has room again. What waits for receivers
 * comes on top: otherwise endpoints that hang would take the places of those that do not.
 */
export class Slots {
  readonly #most: number;
  #active: number;

  /** @param most what the worker may have in hand in all */
  constructor(most: number) {
    this.#most = most;
    this.#active = Math.min(most, LEAST);
  }

  /** Takes in how busy the worker was, and says how many it offers from now on. */
  after({ utilization, waiting }: Busyness): number {
    const factor = utilization > FULL ? SHRINK : utilization < ROOM ? GROW : 1;
    const least = Math.min(this.#most, LEAST);
    this.#active = Math.max(least, Math.min(this.#most, Math.round(this.#active * factor)));
    return Math.min(this.#most, this.#active + waiting);
  }
}
