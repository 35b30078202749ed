import type { Redis } from 'ioredis';
import pTimeout from 'p-timeout';
import { type RateLimiterAbstract, RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import type { RateLimit, RateTaken } from '../ports/rate-limits.ts';
import { connectFailingFast, type RedisOptions } from './redis.ts';

interface RateOptions {
  /** Counts apart from other rates of the same keys. */
  readonly name?: string;
  readonly limit: number;
  readonly windowS: number;
}

/** How long a request waits for Redis to count it; after that it is allowed uncounted. */
const PATIENCE_MS = 50;
/** How long further requests are then allowed without asking Redis. */
const PAUSE_MS = 1000;

/** A rate that each process counts by itself. */
export function createLocalRate({ limit, windowS }: RateOptions): RateLimit {
  const limiter = new RateLimiterMemory({ points: limit, duration: windowS });
  return { limit, windowS, take: (key) => consume(limiter, key, limit) };
}

/** A rate that all processes count together, in Redis. Without Redis every request is allowed. */
export class SharedRate implements RateLimit {
  readonly limit: number;
  readonly windowS: number;
  readonly #redis: Redis;
  readonly #limiter: RateLimiterRedis;
  #pausedUntilMs = 0;

  constructor({ url, prefix }: RedisOptions, { limit, windowS, name }: RateOptions) {
    this.limit = limit;
    this.windowS = windowS;
    this.#redis = connectFailingFast(url);
    this.#redis.on('error', () => {}); // the queue's connection to the same server reports it
    this.#limiter = new RateLimiterRedis({
      storeClient: this.#redis,
      keyPrefix: name === undefined ? `${prefix}:rate` : `${prefix}:rate-of-${name}`,
      points: limit,
      duration: windowS,
      inMemoryBlockOnConsumed: limit,
      rejectIfRedisNotReady: true,
    });
  }

  async take(key: string): Promise<RateTaken | undefined> {
    if (performance.now() < this.#pausedUntilMs) return undefined;
    try {
      return await pTimeout(consume(this.#limiter, key, this.limit), { milliseconds: PATIENCE_MS });
    } catch {
      this.#pausedUntilMs = performance.now() + PAUSE_MS; // an outage is reported by those who need Redis
      return undefined;
    }
  }

  close(): void {
    this.#redis.disconnect();
  }
}

/** The library rejects with its result when the limit is reached, and with an error when it cannot count. */
async function consume(limiter: RateLimiterAbstract, key: string, limit: number): Promise<RateTaken> {
  try {
    return taken(await limiter.consume(key), limit, true);
  } catch (refusal) {
    if (refusal instanceof RateLimiterRes) return taken(refusal, limit, false);
    throw refusal;
  }
}

function taken({ remainingPoints, msBeforeNext }: RateLimiterRes, limit: number, isAllowed: boolean): RateTaken {
  return { isAllowed, remaining: Math.min(limit, remainingPoints), resetMs: Math.max(0, msBeforeNext) };
}
