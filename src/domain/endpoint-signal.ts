import type { SendOutcome, Verdict } from './attempt.ts';
import type { Limits } from './limits.ts';

/** What an attempt shows about its endpoint's health, whatever it means for the delivery. `none`: nothing was sent. */
export type EndpointSignal = { readonly kind: 'delivered' | 'failed' | 'throttled' | 'none'; readonly pauseMs: number };

/** What the gate learns from an attempt: the signal, and the endpoint's limits where they are known. */
export interface AttemptSignal {
  readonly signal: EndpointSignal;
  readonly limits: Limits | undefined;
}

/** Nothing was sent, so nothing was learnt. */
export const NO_SIGNAL: AttemptSignal = { signal: { kind: 'none', pauseMs: 0 }, limits: undefined };

const TOO_MANY_REQUESTS = 429;
/** A 429 without `Retry-After` still asks for a pause. */
const DEFAULT_THROTTLE_MS = 1000;
const MAX_PAUSE_MS = 5 * 60 * 1000;

/**
 * The signal of an attempt. An endpoint that answers, even with a refusal, is alive; a failing one has its share halved; 429 and
 * `Retry-After` pause it.
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
 * Whether an endpoint has failed for too long, judged by its last failure, not by the clock: an endpoint that was sent nothing
 * meanwhile may have recovered.
 *
 * @param forMs how long ago it began to fail, or its subscriptions were changed last; undefined: none of them is enabled
 * @param lastFailedAgoMs how long ago it failed last; undefined: not known
 */
export function hasFailedTooLong(forMs: number | undefined, lastFailedAgoMs: number | undefined, limitMs: number): boolean {
  return forMs !== undefined && lastFailedAgoMs !== undefined && forMs - lastFailedAgoMs >= limitMs;
}
