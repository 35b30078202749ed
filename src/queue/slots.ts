/** Enough to keep an event loop busy whose receivers answer promptly. */
const LEAST = 64;
const FULL = 0.85;
const ROOM = 0.7;
const SHRINK = 0.6;
const GROW = 1.5;
/** An attempt in flight for longer waits for a slow receiver, which costs no processor time. */
export const WAITING_AFTER_MS = 1000;

/** How busy a worker was since the last time. */
export interface Busyness {
  /** Share of the time that its event loop was busy, 0 to 1. */
  readonly utilization: number;
  /** Attempts in flight for longer than `WAITING_AFTER_MS`. */
  readonly waiting: number;
}

/**
 * How many slots a worker offers. A worker whose event loop is full does not get faster with more attempts in flight; each then
 * only waits behind all others. So it offers fewer until its loop has room again. Attempts that wait for receivers come on top:
 * otherwise endpoints that hang would occupy the slots of those that answer.
 */
export class Slots {
  readonly #most: number;
  #active: number;

  /** @param most most attempts in flight in the worker */
  constructor(most: number) {
    this.#most = most;
    this.#active = Math.min(most, LEAST);
  }

  /** Takes in how busy the worker was, and returns how many slots it offers from now on. */
  after({ utilization, waiting }: Busyness): number {
    const factor = utilization > FULL ? SHRINK : utilization < ROOM ? GROW : 1;
    const least = Math.min(this.#most, LEAST);
    this.#active = Math.max(least, Math.min(this.#most, Math.round(this.#active * factor)));
    return Math.min(this.#most, this.#active + waiting);
  }
}
