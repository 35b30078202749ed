import { isIPv6 } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import type { RateLimit } from '../ports/rate-limits.ts';
import { tooMany } from './problem.ts';

const MAX_SLOWED = 100_000;

export interface Slowing {
  /** How long each look-up waits for an address that has exceeded its failures. */
  readonly delayMs: number;
  /** So many look-ups of an address wait at most. */
  readonly waiting: number;
}

const SLOWING: Slowing = { delayMs: 1000, waiting: 50 };

/**
 * Slows the look-up of keys for addresses that sent many unknown ones. A valid key is not refused for what others behind its
 * address did: it waits, and only when it was not valid lately.
 */
export class FailedKeys {
  readonly #failures: RateLimit;
  readonly #slowing: Slowing;
  readonly #slowed = new LRUCache<string, true>({ max: MAX_SLOWED });
  readonly #waiting = new Map<string, number>();

  constructor(failures: RateLimit, slowing: Slowing = SLOWING) {
    this.#failures = failures;
    this.#slowing = slowing;
  }

  /** Waits before a key is looked up, if its address is slowed. @throws HttpProblem 429 when too many wait already */
  async delay(address: string): Promise<void> {
    const from = networkOf(address);
    if (!this.#slowed.has(from)) return;
    const waiting = this.#waiting.get(from) ?? 0;
    if (waiting >= this.#slowing.waiting) throw tooMany('Too many unknown API keys came from this address.');
    this.#waiting.set(from, waiting + 1);
    await sleep(this.#slowing.delayMs);
    const left = (this.#waiting.get(from) ?? 1) - 1;
    if (left > 0) this.#waiting.set(from, left);
    else this.#waiting.delete(from);
  }

  /** Notes that a key of this address is unknown. */
  async note(address: string): Promise<void> {
    const from = networkOf(address);
    const taken = await this.#failures.take(from);
    if (taken && !taken.isAllowed) this.#slowed.set(from, true, { ttl: Math.max(1, taken.resetMs) });
  }
}

/** One customer has at least a /64 of IPv6 addresses, so they count together. */
function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined || !isIPv6(address)) return mapped ?? address;
  const [head = '', tail = ''] = address.split('::');
  const groups = (part: string): string[] => (part === '' ? [] : part.split(':'));
  const missing = 8 - groups(head).length - groups(tail).length;
  return [...groups(head), ...Array.from({ length: address.includes('::') ? missing : 0 }, () => '0'), ...groups(tail)]
    .slice(0, 4)
    .map((group) => group.toLowerCase().replace(/^0+(?=.)/, ''))
    .join(':');
}
