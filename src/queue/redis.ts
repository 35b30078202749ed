import { Redis } from 'ioredis';
import pTimeout from 'p-timeout';

export interface RedisOptions {
  readonly url: string;
  /** In front of every key. */
  readonly prefix: string;
}

/** How long a command may take before the caller goes on without Redis; `recover` makes up for it. */
export const COMMAND_TIMEOUT_MS = 2000;

const MAX_RECONNECT_DELAY_MS = 1000;
const reconnect = (times: number): number => Math.min(times * 100, MAX_RECONNECT_DELAY_MS);

/** A connection whose commands fail fast while Redis is away or frozen, and that comes back by itself. */
export function connectFailingFast(url: string): Redis {
  return new Redis(url, {
    commandTimeout: COMMAND_TIMEOUT_MS,
    connectTimeout: COMMAND_TIMEOUT_MS,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 1,
    retryStrategy: reconnect,
  });
}

/** A connection that waits for Redis as long as it takes: what a BullMQ worker needs to block on. */
export function connectPatiently(url: string): Redis {
  return new Redis(url, { maxRetriesPerRequest: null, retryStrategy: reconnect });
}

/**
 * Waits until the connection is there, over several tries at making it.
 *
 * @throws Error when it is closed for good, or is not made within `timeoutMs`
 */
export async function whenReady(redis: Redis, timeoutMs: number): Promise<void> {
  if (redis.status === 'ready') return;
  if (redis.status === 'end') throw new Error('the connection is closed');
  const { promise, resolve } = Promise.withResolvers<void>();
  redis.once('ready', resolve);
  try {
    await pTimeout(promise, { milliseconds: timeoutMs, message: `no connection within ${timeoutMs} ms` });
  } finally {
    redis.off('ready', resolve);
  }
}
