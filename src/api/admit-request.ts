import type { Response } from 'express';
import type { RateLimit, RateTaken } from '../ports/rate-limits.ts';
import type { Admission } from './key-limits.ts';
import type { Caller } from './key-ring.ts';
import { HttpProblem, tooMany } from './problem.ts';
import type { Context, Route } from './route.ts';

/**
 * Lets a request of a key in, by the key's rate and by what else it has in progress. The fields `RateLimit` and
 * `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers-10) tell the caller where it stands.
 *
 * @throws HttpProblem 429
 */
export async function admitRequest(
  { rates, keyLimits }: Pick<Context, 'rates' | 'keyLimits'>,
  { rate: name = 'others' }: Pick<Route, 'rate'>,
  { id }: Caller,
  response: Response,
): Promise<Admission> {
  const rate = rates[name];
  const taken = await rate.take(id);
  if (taken) response.set(rateFields(name, rate, taken));
  if (taken && !taken.isAllowed) {
    const detail = `This key is limited to ${rate.limit} such requests in ${rate.windowS} s.`;
    throw new HttpProblem('too-many-requests', detail, { 'retry-after': seconds(taken.resetMs) });
  }
  const admission = keyLimits.admit(id);
  if (!admission) throw tooMany('This key has too many requests in progress.');
  return admission;
}

function rateFields(
  name: string,
  { limit, windowS }: RateLimit,
  { remaining, resetMs }: RateTaken,
): Record<string, string> {
  return {
    'ratelimit-policy': `"${name}";q=${limit};w=${windowS}`,
    ratelimit: `"${name}";r=${remaining};t=${seconds(resetMs)}`,
  };
}

function seconds(ms: number): string {
  return String(Math.max(1, Math.ceil(ms / 1000)));
}
