import type { SendOutcome, Verdict } from './attempt.ts';
import { type DeliveryPolicy, includesStatus } from './policy.ts';

const GONE = 410;

/** Judges an outcome by a policy (vendors.md 1.3). */
export function verdictOf(outcome: SendOutcome, policy: DeliveryPolicy, nowMs: number): Verdict {
  if (outcome.kind === 'failure') return { kind: 'retryable', reason: `${outcome.failure}: ${outcome.detail}` };
  const { status } = outcome;
  if (includesStatus(policy.success, status)) return { kind: 'delivered' };
  if (status === GONE) return { kind: 'permanent', reason: 'the endpoint answered 410 Gone', endpointGone: true };
  if (includesStatus(policy.permanent, status)) {
    return { kind: 'permanent', reason: `the endpoint answered ${status}`, endpointGone: false };
  }
  const retryAfterMs = parseRetryAfter(outcome.headers['retry-after'], nowMs);
  return {
    kind: 'retryable',
    reason: `the endpoint answered ${status}`,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  };
}

/**
 * `Retry-After` (RFC 9110, 10.2.3), seconds or an HTTP date in any of its three forms, as milliseconds from now; undefined
 * when it is neither.
 */
export function parseRetryAfter(value: string | undefined, nowMs: number): number | undefined {
  if (value === undefined) return undefined;
  const text = value.trim();
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  if (!/^[A-Za-z]{3,9},? /.test(text)) return undefined;
  // the oldest form has no zone and means GMT; Date.parse would read it as local time
  const at = Date.parse(text.endsWith('GMT') ? text : `${text} GMT`);
  return Number.isNaN(at) ? undefined : Math.max(0, at - nowMs);
}
