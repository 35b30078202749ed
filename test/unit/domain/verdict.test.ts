import { describe, expect, test } from 'vitest';
import type { SendOutcome } from '../../../src/domain/attempt.ts';
import { STANDARD_POLICY } from '../../../src/domain/policy.ts';
import { MAX_RETRY_AFTER_MS } from '../../../src/domain/retry.ts';
import { parseRetryAfter, verdictOf, withAcceptance } from '../../../src/domain/verdict.ts';

const NOW = Date.UTC(2026, 2, 1, 12);
const POLICY = { ...STANDARD_POLICY, permanent: [{ from: 400, to: 499, except: [408, 429] }] };

function response(status: number, headers: Record<string, string> = {}): SendOutcome {
  const body = { text: '', truncated: false };
  return { kind: 'response', status, headers, body, remoteAddress: undefined, timings: { totalMs: 1 } };
}

test.each([
  [200, 'delivered'],
  [204, 'delivered'],
  [299, 'delivered'],
  [100, 'retryable'],
  [301, 'retryable'],
  [400, 'permanent'],
  [408, 'retryable'],
  [410, 'permanent'],
  [413, 'permanent'],
  [429, 'retryable'],
  [500, 'retryable'],
  [599, 'retryable'],
])('%i is %s', (status, kind) => {
  expect(verdictOf(response(status), POLICY, NOW).kind).toBe(kind);
});

test('410 means that the endpoint is gone under every policy; another permanent code does not', () => {
  expect(verdictOf(response(410), { ...POLICY, permanent: [] }, NOW)).toMatchObject({
    kind: 'permanent',
    endpointGone: true,
  });
  expect(verdictOf(response(404), POLICY, NOW)).toMatchObject({ kind: 'permanent', endpointGone: false });
});

test('a failure is retryable and has its reason', () => {
  const failure = { kind: 'failure', failure: 'timeout', detail: 'no answer in 15 s', remoteAddress: undefined } as const;
  expect(verdictOf({ ...failure, timings: { totalMs: 15_000 } }, POLICY, NOW)).toEqual({
    kind: 'retryable',
    reason: 'timeout: no answer in 15 s',
  });
});

test.each([
  [
    302,
    'https://b.example/new?a=1',
    'the endpoint answered 302, a redirect to https://b.example/new?a=1; redirects are not followed',
  ],
  [301, '/moved', 'the endpoint answered 301, a redirect to /moved; redirects are not followed'],
  [
    307,
    `/${'x'.repeat(300)}`,
    `the endpoint answered 307, a redirect to /${'x'.repeat(199)}...; redirects are not followed`,
  ],
  [308, '/a\u00e4 \u0085b', 'the endpoint answered 308, a redirect to /a b; redirects are not followed'],
  [302, ' ', 'the endpoint answered 302'],
  [304, undefined, 'the endpoint answered 304'],
  [500, '/x', 'the endpoint answered 500'],
])('%i to %j is retried, and its reason names the target', (status, location, reason) => {
  const headers = location === undefined ? {} : { location };
  expect(verdictOf(response(status, headers), POLICY, NOW)).toEqual({ kind: 'retryable', reason });
});

describe('a failure after a final status line', () => {
  const broken = (status: number, headers: Record<string, string> = {}): SendOutcome => ({
    kind: 'failure',
    failure: 'invalid_response',
    detail: 'Parse Error',
    received: { status, headers, body: { text: 'a', truncated: true } },
    remoteAddress: '192.0.2.1',
    timings: { totalMs: 1 },
    notes: ['First.'],
  });

  test.each([200, 204, 299])('%i is an acceptance, with a note', (status) => {
    const outcome = withAcceptance(broken(status), POLICY);
    expect(outcome).toEqual({
      kind: 'response',
      status,
      headers: {},
      body: { text: 'a', truncated: true },
      remoteAddress: '192.0.2.1',
      timings: { totalMs: 1 },
      notes: [
        'First.',
        'The response counts by its status line; the rest of it did not arrive intact (invalid_response: Parse Error).',
      ],
    });
  });

  test.each([300, 404, 410, 413, 500])('%i is a failure, which is retried', (status) => {
    const outcome = withAcceptance(broken(status, { 'retry-after': '7' }), POLICY);
    expect(outcome).toEqual(broken(status, { 'retry-after': '7' }));
    expect(verdictOf(outcome, POLICY, NOW)).toEqual({
      kind: 'retryable',
      reason: 'invalid_response: Parse Error',
      retryAfterMs: 7000,
    });
  });

  test('counts by the success set of the policy', () => {
    const exact = { ...POLICY, success: [{ from: 200, to: 200 }] };
    expect(withAcceptance(broken(204), exact).kind).toBe('failure');
    expect(withAcceptance(broken(200), exact).kind).toBe('response');
  });

  test('counts although this process broke the request off', () => {
    const { received, remoteAddress, timings } = broken(200) as Extract<SendOutcome, { kind: 'failure' }>;
    const brokenOff = { kind: 'broken_off', ...(received && { received }), remoteAddress, timings } as const;
    expect(withAcceptance(brokenOff, POLICY)).toMatchObject({ kind: 'response', status: 200 });
    expect(withAcceptance({ kind: 'broken_off', remoteAddress, timings }, POLICY).kind).toBe('broken_off');
  });
});

test('Retry-After is passed on', () => {
  expect(verdictOf(response(503, { 'retry-after': '7' }), POLICY, NOW)).toMatchObject({ retryAfterMs: 7000 });
  expect(verdictOf(response(503), POLICY, NOW)).not.toHaveProperty('retryAfterMs');
});

test.each([-5000, 5000, 3_600_000])(
  'a date in Retry-After counts by the receiver’s own clock, %i ms from ours',
  (aheadMs) => {
    const httpDate = (ms: number) => new Date(NOW + aheadMs + ms).toUTCString();
    const headers = { date: httpDate(0), 'retry-after': httpDate(30_000) };
    expect(verdictOf(response(503, headers), POLICY, NOW)).toMatchObject({ retryAfterMs: 30_000 });
    expect(verdictOf(response(503, { ...headers, date: 'soon' }), POLICY, NOW)).toMatchObject({
      retryAfterMs: Math.max(0, 30_000 + aheadMs),
    });
  },
);

test.each([
  ['0', 0],
  [' 120 ', 120_000],
  ['Sun, 01 Mar 2026 12:00:30 GMT', 30_000],
  ['Sunday, 01-Mar-26 12:00:30 GMT', 30_000],
  ['Sun Mar  1 12:00:30 2026', 30_000],
  ['Sun, 01 Mar 2026 11:00:00 GMT', 0],
  ['-1', undefined],
  ['1.5', undefined],
  ['soon', undefined],
  ['soon please', undefined],
  ['2026-03-01T12:00:30Z', undefined],
  ['9999999999', MAX_RETRY_AFTER_MS],
  ['9'.repeat(400), MAX_RETRY_AFTER_MS],
  ['Fri, 31 Dec 9999 23:59:59 GMT', MAX_RETRY_AFTER_MS],
  ['', undefined],
  [undefined, undefined],
])('Retry-After %j is %s ms', (value, expected) => {
  expect(parseRetryAfter(value, NOW)).toBe(expected);
});
