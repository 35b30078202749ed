import { Overloaded } from '../domain/errors.ts';
import type { PostedItem } from '../domain/read-posted-event.ts';

/** What may wait for its commit at once; see docs/performance.md for what it costs in memory. */
const MAX_EVENTS = 50_000;
const MAX_BYTES = 64 * 1024 * 1024;

/** Bounds the events that wait for their commit: a Postgres that is slow or frozen must not fill the memory. */
export class IngestRoom {
  #events = 0;
  #bytes = 0;

  /**
   * Runs `work` while the items have room. A request that is alone always has, however large it is.
   *
   * @throws Overloaded when there is no room; nothing was done then
   */
  async within<T>(items: readonly PostedItem[], work: () => Promise<T>): Promise<T> {
    const bytes = bytesOf(items);
    const isFull = this.#events + items.length > MAX_EVENTS || this.#bytes + bytes > MAX_BYTES;
    if (isFull && this.#events > 0) throw new Overloaded('Events come in faster than they can be stored');
    this.#events += items.length;
    this.#bytes += bytes;
    try {
      return await work();
    } finally {
      this.#events -= items.length;
      this.#bytes -= bytes;
    }
  }
}

/** The bytes of the events as posted, to within a factor for text outside ASCII. */
export function bytesOf(items: readonly PostedItem[]): number {
  return items.reduce((sum, { text }) => sum + text.length, 0);
}
