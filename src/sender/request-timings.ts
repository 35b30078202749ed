import { performance } from 'node:perf_hooks';
import type { Request } from 'got';
import type { Timings } from '../domain/attempt.ts';
import type { Progress } from './send-failure.ts';

/** How far the request has got. @param secure whether it needs TLS */
export function progressOf({ timings, reusedSocket }: Request, secure: boolean): Progress {
  const connected = reusedSocket === true || timings?.connect !== undefined;
  const secured = reusedSocket === true || timings?.secureConnect !== undefined;
  return { connected, ready: secure ? secured : connected };
}

/**
 * For a reused connection got repeats its original connect timings; they are not part of this attempt.
 *
 * @param startedAt start of the send, from `performance.now()`
 */
export function timingsOf({ timings, reusedSocket }: Request, startedAt: number): Timings {
  const { dns, tcp, tls, firstByte } = timings?.phases ?? {};
  return {
    ...(dns !== undefined && !reusedSocket && { dnsMs: dns }),
    ...(tcp !== undefined && !reusedSocket && { connectMs: tcp }),
    ...(tls !== undefined && !reusedSocket && { tlsMs: tls }),
    ...(firstByte !== undefined && { firstByteMs: firstByte }),
    totalMs: Math.round(performance.now() - startedAt),
  };
}
