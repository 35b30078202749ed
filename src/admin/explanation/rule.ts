import type { Attempt } from '../../domain/attempt.ts';
import { type DeliveryPolicy, includesStatus, type StatusRange } from '../../domain/policy.ts';
import { GONE_STATUS, parseHttpDate, parseRetryAfter } from '../../domain/verdict.ts';
import { duration, listed } from './words.ts';

export const RULE_CODES = [
  'success',
  'gone',
  'permanent-status',
  'retryable-status',
  'retry-after',
  'no-answer',
  'unbuildable',
  'not-composed',
] as const;

/** The rule that gave an attempt its verdict, in words. */
export interface AppliedRule {
  readonly code: (typeof RULE_CODES)[number];
  readonly text: string;
}

/**
 * The rule behind the verdict that was given. It is worded by the policy of today; a verdict that this policy would not give says so.
 *
 * @param judge undefined: the integration was deleted
 */
export function ruleOf(
  attempt: Attempt,
  judge: { readonly label: string; readonly policy: DeliveryPolicy } | undefined,
): AppliedRule {
  const { outcome, verdict } = attempt;
  if (outcome.kind === 'unbuildable') return verdict === 'permanent' ? UNBUILDABLE : NOT_COMPOSED;
  if (outcome.kind === 'failure') {
    return { code: 'no-answer', text: 'An attempt without a complete answer is retried.' };
  }
  const { status } = outcome;
  if (verdict === 'delivered') {
    const range = judge?.policy.success.find((each) => includesStatus([each], status));
    return {
      code: 'success',
      text: `${range ? `An answer ${rangeInWords(range)}` : `The answer ${status}`} is a success.`,
    };
  }
  if (verdict === 'permanent') {
    if (status === GONE_STATUS) return GONE;
    return { code: 'permanent-status', text: `${permanentInWords(status, judge)}.` };
  }
  const retryAfterMs = requestedWaitMs(attempt);
  if (retryAfterMs !== undefined) {
    const text = `An answer ${status} is retried. The receiver asked for a wait of ${duration(retryAfterMs)} (Retry-After), which is obeyed up to 24 h.`;
    return { code: 'retry-after', text };
  }
  return { code: 'retryable-status', text: `An answer ${status} is no success and not final, so it is retried.` };
}

/** Without a full stop: `Vibes deliveries are not retried after an answer from 400 to 499 other than 408 and 429`. */
export function permanentInWords(
  status: number,
  judge: { readonly label: string; readonly policy: DeliveryPolicy } | undefined,
): string {
  const range = judge?.policy.permanent.find((each) => includesStatus([each], status));
  if (!judge || !range) return `By the policy of that time, nothing is retried after an answer ${status}`;
  return `${judge.label} deliveries are not retried after an answer ${rangeInWords(range)}`;
}

/** How long the receiver asked to wait after an attempt, in milliseconds; undefined: it did not. */
export function requestedWaitMs({ outcome, startedAt }: Attempt): number | undefined {
  if (outcome.kind !== 'response') return undefined;
  const { headers, timings } = outcome;
  const answeredAtMs = startedAt.getTime() + timings.totalMs;
  return parseRetryAfter(headers['retry-after'], parseHttpDate(headers.date) ?? answeredAtMs);
}

function rangeInWords({ from, to, except = [] }: StatusRange): string {
  if (from === to) return String(from);
  return `from ${from} to ${to}${except.length > 0 ? ` other than ${listed(except.map(String))}` : ''}`;
}

const GONE: AppliedRule = {
  code: 'gone',
  text: 'The answer 410 Gone ends the delivery, and disables the subscriptions of its endpoint.',
};
const UNBUILDABLE: AppliedRule = {
  code: 'unbuildable',
  text: 'A body that cannot be built from the event is not retried, since it could not be built later either.',
};
const NOT_COMPOSED: AppliedRule = {
  code: 'not-composed',
  text: 'Nothing was sent, for a reason that can be repaired meanwhile, so it is retried.',
};
