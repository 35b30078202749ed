import type { Redis } from 'ioredis';
import { z } from 'zod';
import { epochKey, streamKey } from './entries.ts';

export interface OpenedStream {
  /** Its name: another one after Redis lost it. */
  readonly epoch: string;
  readonly ageMs: number;
  /** The id of its last entry. */
  readonly lastId: string;
}

/** How long the stream stays without a reader: who reconnects within this time finds what was announced meanwhile. */
const KEEP_S = 120;

/**
 * KEYS: the stream, its epoch. ARGV: an epoch in case it is new, seconds that both are kept.
 * Returns the epoch, the stream's age in milliseconds, and the id of its last entry.
 */
const SCRIPT = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local known = redis.call('HMGET', KEYS[2], 'epoch', 'at')
if not known[1] or redis.call('EXISTS', KEYS[1]) == 0 then
  redis.call('DEL', KEYS[1])
  redis.call('XADD', KEYS[1], '*', 'opened', '1')
  known = { ARGV[1], string.format('%.0f', now) }
  redis.call('HSET', KEYS[2], 'epoch', known[1], 'at', known[2])
end
redis.call('EXPIRE', KEYS[1], ARGV[2])
redis.call('EXPIRE', KEYS[2], ARGV[2])
local last = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1]
return { known[1], string.format('%.0f', now - tonumber(known[2])), last[1] }`;

const replySchema = z.tuple([z.string(), z.coerce.number(), z.string()]);

/** Makes the stream if it is not there, and keeps it for two more minutes. @throws Error when Redis does not answer */
export async function openStream(redis: Redis, prefix: string, epoch: string): Promise<OpenedStream> {
  const key = streamKey(prefix);
  const reply = await redis.eval(SCRIPT, 2, key, epochKey(key), epoch, KEEP_S);
  const [known, ageMs, lastId] = replySchema.parse(reply);
  return { epoch: known, ageMs, lastId };
}
