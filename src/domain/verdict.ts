import type { BrokenOff, SendOutcome, Verdict } from './attempt.ts';
import { type DeliveryPolicy, includesStatus } from './policy.ts';
import { MAX_RETRY_AFTER_MS } from './retry.ts';

export const GONE_STATUS = 410;
/** How much of a redirect's target is shown. */
const MAX_TARGET_LENGTH = 200;

/**
 * A complete final status line in the success set is an acceptance, whatever follows it: the receiver has taken the message,
 * and a retry would repeat it. Such a failure becomes a response with a note; every other outcome is returned as it is.
 */
export function withAcceptance<Outcome extends SendOutcome | BrokenOff>(
  outcome: Outcome,
  policy: DeliveryPolicy,
): Outcome | Extract<SendOutcome, { kind: 'response' }> {
  if (outcome.kind === 'response') return outcome;
  const { received, remoteAddress, timings, notes = [] } = outcome;
  if (!received || !includesStatus(policy.success, received.status)) return outcome;
  const broken = outcome.kind === 'failure' ? `${outcome.failure}: ${outcome.detail}` : 'this process shut down';
  const note = `The response counts by its status line; the rest of it did not arrive intact (${broken}).`;
  return { kind: 'response', ...received, remoteAddress, timings, notes: [...notes, note] };
}

/** Judges an outcome by a policy (vendors.md 1.3). */
export function verdictOf(outcome: SendOutcome, policy: DeliveryPolicy, nowMs: number): Verdict {
  if (outcome.kind === 'failure') {
    return retryable(`${outcome.failure}: ${outcome.detail}`, outcome.received?.headers ?? {}, nowMs);
  }
  const { status, headers } = outcome;
  if (includesStatus(policy.success, status)) return { kind: 'delivered' };
  if (status === GONE_STATUS) return { kind: 'permanent', reason: 'the endpoint answered 410 Gone', endpointGone: true };
  if (includesStatus(policy.permanent, status)) {
    return { kind: 'permanent', reason: `the endpoint answered ${status}`, endpointGone: false };
  }
  return retryable(`the endpoint answered ${status}${redirection(status, headers.location)}`, headers, nowMs);
}

/** A date in `Retry-After` is by the receiver's clock, as `Date` is; ours counts only for a receiver that sends no `Date`. */
function retryable(reason: string, headers: Readonly<Record<string, string>>, nowMs: number): Verdict {
  const retryAfterMs = parseRetryAfter(headers['retry-after'], parseHttpDate(headers.date) ?? nowMs);
  return { kind: 'retryable', reason, ...(retryAfterMs !== undefined && { retryAfterMs }) };
}

/** The target is the receiver's text: only printable ASCII passes, cut to a line that people can read. */
function redirection(status: number, location: string | undefined): string {
  if (status < 300 || status > 399 || location === undefined) return '';
  const target = location.replace(/[^\x21-\x7e]+/g, ' ').trim();
  if (target === '') return '';
  const shown = target.length > MAX_TARGET_LENGTH ? `${target.slice(0, MAX_TARGET_LENGTH)}...` : target;
  return `, a redirect to ${shown}; redirects are not followed`;
}

/**
 * `Retry-After` (RFC 9110, 10.2.3), seconds or an HTTP date, as milliseconds from now, at most `MAX_RETRY_AFTER_MS`; undefined
 * when it is neither.
 *
 * @param nowMs by the clock of the receiver
 */
export function parseRetryAfter(value: string | undefined, nowMs: number): number | undefined {
  if (value === undefined) return undefined;
  const text = value.trim();
  if (/^\d+$/.test(text)) return Math.min(Number(text) * 1000, MAX_RETRY_AFTER_MS);
  const atMs = parseHttpDate(text);
  return atMs === undefined ? undefined : Math.min(Math.max(0, atMs - nowMs), MAX_RETRY_AFTER_MS);
}

/** Unix milliseconds of an HTTP date in any of its three forms (RFC 9110, 5.6.7); undefined when it is none. */
export function parseHttpDate(value: string | undefined): number | undefined {
  const text = value?.trim() ?? '';
  if (!/^[A-Za-z]{3,9},? /.test(text)) return undefined;
  // the oldest form has no zone and means GMT; Date.parse would read it as local time
  const atMs = Date.parse(text.endsWith('GMT') ? text : `${text} GMT`);
  return Number.isNaN(atMs) ? undefined : atMs;
}
