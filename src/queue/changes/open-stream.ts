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

/**
 * How long an entry stays, and the stream without a reader: who reconnects within this time finds what was announced meanwhile.
 * Not longer, since entries hold ids of passes.
 */
const KEEP_S = 120;
/** After this long without an entry an empty one is added: so there is one from which a quiet stream can be resumed. */
const QUIET_S = 30;

/**
 * KEYS: the stream, its epoch. ARGV: an epoch in case it is new, seconds that both and entries are kept, seconds without an entry.
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
local function lastId()
  local last = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1]
  return last and last[1] or '0-0'
end
if tonumber(string.match(lastId(), '^%d+')) < now - ARGV[3] * 1000 then
  redis.call('XADD', KEYS[1], '*', 'quiet', '1')
end
redis.call('XTRIM', KEYS[1], 'MINID', string.format('%.0f', now - ARGV[2] * 1000))
return { known[1], string.format('%.0f', now - tonumber(known[2])), lastId() }`;

const replySchema = z.tuple([z.string(), z.coerce.number(), z.string()]);

/** Makes the stream if it is not there, and keeps it for two more minutes. @throws Error when Redis does not answer */
export async function openStream(redis: Redis, prefix: string, epoch: string): Promise<OpenedStream> {
  const key = streamKey(prefix);
  const reply = await redis.eval(SCRIPT, 2, key, epochKey(key), epoch, KEEP_S, QUIET_S);
  const [known, ageMs, lastId] = replySchema.parse(reply);
  return { epoch: known, ageMs, lastId };
}
