import type { Verdict } from './attempt.ts';
import { type DeliveryPolicy, MAX_RETRY_DELAY_MS } from './policy.ts';

/** The state of a delivery after an attempt. */
export type NextState =
  | { readonly state: 'succeeded' }
  | { readonly state: 'retrying'; readonly delayMs: number; readonly reason: string }
  | { readonly state: 'dead'; readonly reason: string };

const JITTER = 0.2;
/** The longest wait before an attempt, whatever the schedule. */
export const LONGEST_RETRY_DELAY_MS = MAX_RETRY_DELAY_MS * (1 + JITTER);
/** The longest wait a receiver's `Retry-After` can ask for. */
export const MAX_RETRY_AFTER_MS = 24 * 60 * 60 * 1000;

/**
 * Decides the state of a delivery after an attempt.
 *
 * @param attemptsMade attempts of this round, including the last one
 * @param random a number in [0, 1), for the jitter
 */
export function nextState(verdict: Verdict, policy: DeliveryPolicy, attemptsMade: number, random: number): NextState {
  if (verdict.kind === 'delivered') return { state: 'succeeded' };
  if (verdict.kind === 'permanent') return { state: 'dead', reason: verdict.reason };
  const delayMs = retryDelayMs(policy.retryDelaysMs, attemptsMade, random, verdict.retryAfterMs);
  if (delayMs !== undefined) return { state: 'retrying', delayMs, reason: verdict.reason };
  const attempts = policy.retryDelaysMs.length + 1;
  return { state: 'dead', reason: `${verdict.reason} (attempt ${attemptsMade} of ${attempts}, none left)` };
}

/**
 * The state after an attempt that a person brought forward: a failure leaves the planned attempt where it was.
 *
 * @param plannedInMs in how long that attempt is planned, from now
 */
export function stateAfterRetryNow(verdict: Verdict, plannedInMs: number): NextState | undefined {
  if (verdict.kind !== 'retryable' || plannedInMs <= 0) return undefined;
  return { state: 'retrying', delayMs: Math.ceil(plannedInMs), reason: verdict.reason };
}

/** The state of a test after its only attempt. */
export function stateAfterTest(verdict: Verdict): NextState {
  return verdict.kind === 'delivered' ? { state: 'succeeded' } : { state: 'dead', reason: verdict.reason };
}

/**
 * Milliseconds to wait before the next attempt of a round; undefined when no retry is left.
 *
 * @param attemptsMade attempts of this round so far (a replay starts a new round)
 * @param random a number in [0, 1): spreads the delay by +-20 %
 * @param retryAfterMs requested by the receiver; obeyed up to 24 h, never shortens the policy's own delay
 */
export function retryDelayMs(
  retryDelaysMs: readonly number[],
  attemptsMade: number,
  random: number,
  retryAfterMs?: number,
): number | undefined {
  const planned = retryDelaysMs[attemptsMade - 1];
  if (planned === undefined) return undefined;
  const jittered = Math.round(planned * (1 - JITTER + 2 * JITTER * random));
  return Math.max(jittered, Math.min(retryAfterMs ?? 0, MAX_RETRY_AFTER_MS));
}
