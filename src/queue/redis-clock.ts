/** An estimate this old is replaced by any newer one: clocks drift and are set. */
const VALID_MS = 10_000;

/**
 * Redis's clock, as its replies show it. Rate slots are instants of that clock, and this machine's may differ from it by
 * seconds. A reply that was long under way shows a time long past, so of recent replies the one with the latest clock counts.
 */
export class RedisClock {
  readonly #monotonicMs: () => number;
  #offsetMs = Number.NEGATIVE_INFINITY;
  #notedAtMs = Number.NEGATIVE_INFINITY;

  /** @param monotonicMs milliseconds from any start, never set back */
  constructor(monotonicMs: () => number = () => performance.now()) {
    this.#monotonicMs = monotonicMs;
  }

  /** Whether a reply has shown the time. */
  get isSet(): boolean {
    return this.#offsetMs > Number.NEGATIVE_INFINITY;
  }

  /** Takes in the time that a reply carried. */
  note(redisNowMs: number): void {
    const atMs = this.#monotonicMs();
    const offsetMs = redisNowMs - atMs;
    if (offsetMs < this.#offsetMs && atMs - this.#notedAtMs < VALID_MS) return;
    this.#offsetMs = offsetMs;
    this.#notedAtMs = atMs;
  }

  /** Unix milliseconds by Redis's clock; -Infinity until it is set. */
  nowMs(): number {
    return this.#monotonicMs() + this.#offsetMs;
  }
}
