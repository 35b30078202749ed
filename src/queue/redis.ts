import { Redis } from 'ioredis';

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

/** Waits for a connection that is being made. @throws Error when there is none and none is being made */
export async function whenReady(redis: Redis): Promise<void> {
  if (redis.status === 'ready') return;
  if (redis.status !== 'connecting' && redis.status !== 'connect') throw new Error(`the connection is ${redis.status}`);
  await new Promise<void>((resolve, reject) => {
    const done = (error?: Error): void => {
      redis.off('ready', ready);
      redis.off('close', gone);
      if (error) reject(error);
      else resolve();
    };
    const ready = (): void => done();
    const gone = (): void => done(new Error('the connection was not made'));
    redis.on('ready', ready);
    redis.on('close', gone);
  });
}
