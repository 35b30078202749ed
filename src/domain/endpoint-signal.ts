import { z } from 'zod';
import type { SendOutcome, Verdict } from './attempt.ts';

/** What an endpoint may be given; an integration may set it. */
export const limitsSchema = z.strictObject({
  /** Requests under way at once, over all workers. */
  maxInFlight: z.int().min(1).max(200).optional(),
  /** Requests per second, spread evenly. */
  ratePerSecond: z.number().min(0.1).max(1000).optional(),
});

export type Limits = z.infer<typeof limitsSchema>;

export const DEFAULT_MAX_IN_FLIGHT = 10;

/** What an attempt says of its endpoint's health, whatever it means for the delivery. */
export type EndpointSignal = { readonly kind: 'delivered' | 'failed' | 'throttled' | 'none'; readonly pauseMs: number };

const TOO_MANY_REQUESTS = 429;
/** A 429 without `Retry-After` still asks for a pause. */
const DEFAULT_THROTTLE_MS = 1000;
const MAX_PAUSE_MS = 5 * 60 * 1000;

/**
 * How to go on with an endpoint after an attempt. An endpoint that answers, even with a refusal, is alive; one that fails gets
 * half its share, 429 and `Retry-After` pause it.
 */
export function signalOf(outcome: SendOutcome, verdict: Verdict): EndpointSignal {
  if (verdict.kind !== 'retryable') return { kind: 'delivered', pauseMs: 0 };
  const pauseMs = Math.min(verdict.retryAfterMs ?? 0, MAX_PAUSE_MS);
  if (outcome.kind === 'response' && outcome.status === TOO_MANY_REQUESTS) {
    return { kind: 'throttled', pauseMs: Math.max(pauseMs, DEFAULT_THROTTLE_MS) };
  }
  return { kind: 'failed', pauseMs };
}

/**
 * Whether an endpoint failed for too long: by its last failure, not by the clock, since an endpoint to which nothing was sent
 * meanwhile may be back.
 *
 * @param since when it began to fail, or its subscriptions were changed last; undefined: nobody sends to it
 */
export function hasFailedTooLong(since: Date | undefined, lastFailedAt: Date | undefined, limitMs: number): boolean {
  return since !== undefined && lastFailedAt !== undefined && lastFailedAt.getTime() - since.getTime() >= limitMs;
}
