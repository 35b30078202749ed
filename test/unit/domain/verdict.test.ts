import { expect, test } from 'vitest';
import type { SendOutcome } from '../../../src/domain/attempt.ts';
import { STANDARD_POLICY } from '../../../src/domain/policy.ts';
import { parseRetryAfter, verdictOf } from '../../../src/domain/verdict.ts';

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
  [429, 'retryable'],
  [500, 'retryable'],
  [599, 'retryable'],
])('%i is %s', (status, kind) => {
  expect(verdictOf(response(status), POLICY, NOW).kind).toBe(kind);
});

test('410 says that the endpoint is gone, whatever the policy; another permanent code does not', () => {
  expect(verdictOf(response(410), { ...POLICY, permanent: [] }, NOW)).toMatchObject({
    kind: 'permanent',
    endpointGone: true,
  });
  expect(verdictOf(response(404), POLICY, NOW)).toMatchObject({ kind: 'permanent', endpointGone: false });
});

test('a failure can be tried again and says why', () => {
  const failure = { kind: 'failure', failure: 'timeout', detail: 'no answer in 15 s', remoteAddress: undefined } as const;
  expect(verdictOf({ ...failure, timings: { totalMs: 15_000 } }, POLICY, NOW)).toEqual({
    kind: 'retryable',
    reason: 'timeout: no answer in 15 s',
  });
});

test('Retry-After is passed on', () => {
  expect(verdictOf(response(503, { 'retry-after': '7' }), POLICY, NOW)).toMatchObject({ retryAfterMs: 7000 });
  expect(verdictOf(response(503), POLICY, NOW)).not.toHaveProperty('retryAfterMs');
});

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
  ['9999999999', undefined],
  ['', undefined],
  [undefined, undefined],
])('Retry-After %j is %s ms', (value, expected) => {
  expect(parseRetryAfter(value, NOW)).toBe(expected);
});
