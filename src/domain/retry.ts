import type { Verdict } from './attempt.ts';
import type { NextState } from './delivery.ts';
import { type DeliveryPolicy, retryDelayMs } from './policy.ts';

/**
 * What becomes of a delivery after an attempt.
 *
 * @param triesMade tries of this round, the one just made included
 * @param random a number in [0, 1), for the jitter
 */
export function nextState(verdict: Verdict, policy: DeliveryPolicy, triesMade: number, random: number): NextState {
  if (verdict.kind === 'delivered') return { state: 'succeeded' };
  if (verdict.kind === 'permanent') return { state: 'dead', reason: verdict.reason };
  const delayMs = retryDelayMs(policy.scheduleMs, triesMade, random, verdict.retryAfterMs);
  if (delayMs !== undefined) return { state: 'retrying', delayMs, reason: verdict.reason };
  return { state: 'dead', reason: `${verdict.reason} (attempt ${triesMade} of ${policy.scheduleMs.length}, none left)` };
}
