import { Redis } from 'ioredis';
import pTimeout from 'p-timeout';
import { Unavailable } from '../domain/errors.ts';

export interface RedisOptions {
  readonly url: string;
  /** In front of every key. */
  readonly prefix: string;
}

/** How long a command may take before the caller goes on without Redis; `recover` makes up for it. */
export const COMMAND_TIMEOUT_MS = 2000;

/** Waiting for a connection, and then for a command. */
const CALL_TIMEOUT_MS = 2 * COMMAND_TIMEOUT_MS;
const RETRY_AFTER_MS = 50;
const MAX_RECONNECT_DELAY_MS = 1000;
const reconnect = (times: number): number => Math.min(times * 100, MAX_RECONNECT_DELAY_MS);

/** A connection whose commands fail fast while Redis is unavailable or frozen, and that reconnects by itself. */
export function connectFailingFast(url: string): Redis {
  const redis = new Redis(url, {
    commandTimeout: COMMAND_TIMEOUT_MS,
    connectTimeout: COMMAND_TIMEOUT_MS,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 1,
    retryStrategy: reconnect,
  });
  redis.setMaxListeners(0); // each call that waits for the connection listens, see `whenReady`
  return redis;
}

/** A connection whose commands wait for Redis as long as necessary: a BullMQ worker blocks on it. */
export function connectPatiently(url: string): Redis {
  return new Redis(url, { maxRetriesPerRequest: null, retryStrategy: reconnect });
}

/**
 * Waits until the connection is ready, over several tries at making it.
 *
 * @throws Error when it is closed for good, or is not ready within `timeoutMs`
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

/** BullMQ waits for ever on an unavailable or frozen Redis; our callers do not. @throws Unavailable */
export async function bounded<T>(work: Promise<T>): Promise<T> {
  try {
    return await pTimeout(work, { milliseconds: CALL_TIMEOUT_MS });
  } catch (error) {
    throw new Unavailable('Redis', { cause: error });
  }
}

/** Tries once more what failed at once, because the connection broke; not what a frozen Redis left unanswered. */
export async function retriedOnce<T>(work: () => Promise<T>): Promise<T> {
  const startedAtMs = performance.now();
  try {
    return await work();
  } catch (error) {
    if (performance.now() - startedAtMs >= COMMAND_TIMEOUT_MS) throw error;
    await new Promise((resolve) => setTimeout(resolve, RETRY_AFTER_MS)); // until the client has noticed the break
    return work();
  }
}
