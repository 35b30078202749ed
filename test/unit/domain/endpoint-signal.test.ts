import { describe, expect, test } from 'vitest';
import type { SendOutcome, Verdict } from '../../../src/domain/attempt.ts';
import { type EndpointSignal, hasFailedTooLong, signalOf } from '../../../src/domain/endpoint-signal.ts';

const timings = { totalMs: 1 };
const answered = (status: number): SendOutcome => ({
  kind: 'response',
  status,
  headers: {},
  body: { text: '', truncated: false },
  remoteAddress: undefined,
  timings,
});
const failed: SendOutcome = { kind: 'failure', failure: 'timeout', detail: '', remoteAddress: undefined, timings };
const retry = (retryAfterMs?: number): Verdict => ({
  kind: 'retryable',
  reason: '',
  ...(retryAfterMs !== undefined && { retryAfterMs }),
});

describe('what follows for an endpoint', () => {
  test.each<readonly [string, SendOutcome, Verdict, EndpointSignal]>([
    ['a success', answered(200), { kind: 'delivered' }, { kind: 'delivered', pauseMs: 0 }],
    [
      'a refusal: it is alive',
      answered(400),
      { kind: 'permanent', reason: '', endpointGone: false },
      { kind: 'delivered', pauseMs: 0 },
    ],
    ['no answer', failed, retry(), { kind: 'failed', pauseMs: 0 }],
    ['503', answered(503), retry(), { kind: 'failed', pauseMs: 0 }],
    ['503 with Retry-After', answered(503), retry(7000), { kind: 'failed', pauseMs: 7000 }],
    ['429', answered(429), retry(), { kind: 'throttled', pauseMs: 1000 }],
    ['429 with Retry-After', answered(429), retry(7000), { kind: 'throttled', pauseMs: 7000 }],
    ['a Retry-After of a day', answered(429), retry(86_400_000), { kind: 'throttled', pauseMs: 300_000 }],
  ])('%s', (_name, outcome, verdict, signal) => {
    expect(signalOf(outcome, verdict)).toEqual(signal);
  });
});

test.each<readonly [string, number | undefined, number | undefined, boolean]>([
  ['not yet', 1000, 1, false],
  ['just now', 1000, 0, true],
  ['it was sent nothing after the limit', 5000, 4001, false],
  ['nobody sends to it', undefined, 0, false],
  ['nothing failed since Redis forgot', 5000, undefined, false],
])('failing for too long: %s', (_name, forMs, lastFailedAgoMs, expected) => {
  expect(hasFailedTooLong(forMs, lastFailedAgoMs, 1000)).toBe(expected);
});
