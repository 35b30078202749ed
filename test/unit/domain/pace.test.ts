import { expect, test } from 'vitest';
import type { SendOutcome, Verdict } from '../../../src/domain/attempt.ts';
import { paceOf } from '../../../src/domain/pace.ts';

const timings = { totalMs: 1 };
const answered = (status: number): SendOutcome => ({
  kind: 'response',
  status,
  headers: {},
  body: { text: '', truncated: false },
  remoteAddress: undefined,
  timings,
});
const timeout: SendOutcome = { kind: 'failure', failure: 'timeout', detail: '', remoteAddress: undefined, timings };
const delivered: Verdict = { kind: 'delivered' };
const permanent: Verdict = { kind: 'permanent', reason: '', endpointGone: false };
const retryable = (retryAfterMs?: number): Verdict => ({
  kind: 'retryable',
  reason: '',
  ...(retryAfterMs !== undefined && { retryAfterMs }),
});

test.each([
  ['a success says that the endpoint is well', answered(200), delivered, 'delivered', 0],
  ['so does a refusal: it answers', answered(400), permanent, 'delivered', 0],
  ['a server error is a failure', answered(500), retryable(), 'failed', 0],
  ['Retry-After pauses it', answered(503), retryable(7000), 'failed', 7000],
  ['no answer is a failure', timeout, retryable(), 'failed', 0],
  ['429 throttles, for a second at least', answered(429), retryable(), 'throttled', 1000],
  ['429 throttles for as long as it asks', answered(429), retryable(3000), 'throttled', 3000],
  ['but never for more than five minutes at a time', answered(429), retryable(86_400_000), 'throttled', 300_000],
])('%s', (_, outcome, verdict, kind, pauseMs) => {
  expect(paceOf(outcome, verdict)).toEqual({ kind, pauseMs });
});
