import type { Attempt, SendFailure, Timings } from '../../domain/attempt.ts';
import { GONE_STATUS } from '../../domain/verdict.ts';
import { duration } from './words.ts';

/** What happened in an attempt, as the two kinds of sentence need it. */
export interface Described {
  /** After the receiver's name: `answered 503`. */
  readonly byReceiver: string;
  /** After `the third attempt was made at 14:03:22 and`: `was answered with 503`. */
  readonly ofAttempt: string;
}

/** @param timeoutMs of the policy, when it is known */
export function describeOutcome({ outcome }: Attempt, timeoutMs: number | undefined): Described {
  if (outcome.kind === 'unbuildable') {
    return { byReceiver: `was sent nothing (${outcome.reason})`, ofAttempt: `sent nothing: ${outcome.reason}` };
  }
  if (outcome.kind === 'response') {
    const answer = nameOfStatus(outcome.status);
    const redirect = outcome.status >= 300 && outcome.status <= 399 ? ', a redirect, which is not followed' : '';
    return { byReceiver: `answered ${answer}${redirect}`, ofAttempt: `was answered with ${answer}${redirect}` };
  }
  if (outcome.failure === 'timeout') return noAnswer(outcome.timings, timeoutMs);
  return FAILURES[outcome.failure](outcome.detail);
}

function nameOfStatus(status: number): string {
  return status === GONE_STATUS ? '410 Gone' : String(status);
}

/** How long an attempt that timed out took, and how far it came. */
function noAnswer({ totalMs, connectMs, tlsMs, dnsMs }: Timings, timeoutMs: number | undefined): Described {
  // the limit, where the attempt was as long as it; the policy may have changed since
  const isLimit = timeoutMs !== undefined && Math.abs(totalMs - timeoutMs) < timeoutMs / 10;
  const within = duration(isLimit ? timeoutMs : totalMs);
  const open = (dnsMs ?? 0) + (connectMs ?? 0) + (tlsMs ?? 0);
  const reached =
    connectMs === undefined && dnsMs === undefined
      ? 'the request was sent, but no response followed'
      : connectMs === undefined
        ? 'no connection was opened'
        : `the connection was open after ${duration(open)}, but no response followed`;
  return { byReceiver: `did not answer within ${within}`, ofAttempt: `got no answer within ${within}: ${reached}` };
}

const FAILURES: Readonly<Record<Exclude<SendFailure, 'timeout'>, (detail: string) => Described>> = {
  dns: (detail) => ({ byReceiver: 'could not be found', ofAttempt: `found no address: ${detail}` }),
  forbidden_address: (detail) => ({
    byReceiver: 'was not called, since it resolves to no public address',
    ofAttempt: `was not sent: ${detail}, and Passwire calls public addresses only`,
  }),
  connect: (detail) =>
    detail.includes('ECONNREFUSED')
      ? { byReceiver: 'refused the connection', ofAttempt: 'was refused the connection' }
      : { byReceiver: 'could not be reached', ofAttempt: `could not connect: ${detail}` },
  tls: (detail) => ({ byReceiver: 'failed the TLS handshake', ofAttempt: `failed in the TLS handshake: ${detail}` }),
  reset: () => ({
    byReceiver: 'broke the connection instead of answering',
    ofAttempt: 'was sent, but the connection broke before an answer came',
  }),
  invalid_response: (detail) => ({
    byReceiver: 'answered with something that is not HTTP',
    ofAttempt: `was answered with something that is not valid HTTP: ${detail}`,
  }),
};
