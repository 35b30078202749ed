import type { FeedEntry } from '../../ports/changes.ts';

/** A change on its way to a client. */
export interface Outgoing {
  readonly entry: FeedEntry;
  /** Whether the filter finds what changed; those that it no longer finds give way to those that it does. */
  readonly matches: boolean;
}

export interface Skipped {
  /** Changes that matched and were not sent. */
  readonly skipped: number;
  /** The same of those that did not match. */
  readonly others: number;
}

/** How often what waits is sent. */
export const TICK_MS = 250;
/** Twenty messages a second. */
const PER_TICK = 5;
/** What may wait: a second's worth. A burst is spread, and more than that is counted instead of sent. */
const MAX_WAITING = 20;
const COUNT_EVERY_TICKS = 4;

/** What waits to be sent on one stream, and how much of it was skipped. */
export class Outbox {
  #waiting: Outgoing[] = [];
  #skipped = 0;
  #others = 0;
  #ticks = COUNT_EVERY_TICKS;

  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  add(outgoing: Outgoing): void {
    this.#waiting.push(outgoing);
    // long before it is taken, so that a flood occupies no memory
    if (this.#waiting.length > 10 * MAX_WAITING) this.#skipBeyond(MAX_WAITING + PER_TICK);
  }

  clear(): void {
    this.#waiting = [];
    this.#skipped = 0;
    this.#others = 0;
  }

  /** What to send in this tick, in order, and once a second how much was skipped. */
  take(): { readonly outgoing: readonly Outgoing[]; readonly skipped: Skipped | undefined } {
    this.#skipBeyond(MAX_WAITING + PER_TICK);
    const outgoing = this.#waiting.splice(0, PER_TICK);
    this.#ticks += 1;
    const isDue = this.#ticks >= COUNT_EVERY_TICKS && this.#skipped + this.#others > 0;
    if (!isDue) return { outgoing, skipped: undefined };
    const skipped = { skipped: this.#skipped, others: this.#others };
    this.#ticks = 0;
    this.#skipped = 0;
    this.#others = 0;
    return { outgoing, skipped };
  }

  /** Leaves out the oldest, those that do not match first. */
  #skipBeyond(most: number): void {
    let excess = this.#waiting.length - most;
    if (excess <= 0) return;
    for (const isMatching of [false, true]) {
      this.#waiting = this.#waiting.filter(({ matches }) => {
        if (matches !== isMatching || excess <= 0) return true;
        excess -= 1;
        if (matches) this.#skipped += 1;
        else this.#others += 1;
        return false;
      });
    }
  }
}
