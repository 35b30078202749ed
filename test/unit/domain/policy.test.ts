import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  includesStatus,
  overridden,
  policyOverrideSchema,
  STANDARD_POLICY,
  STANDARD_RETRY_DELAYS_MS,
} from '../../../src/domain/policy.ts';
import { MAX_RETRY_AFTER_MS, retryDelayMs } from '../../../src/domain/retry.ts';

const HOUR = 3_600_000;

test('the standard schedule makes ten attempts within 75 h 35 min 5 s', () => {
  expect(STANDARD_RETRY_DELAYS_MS).toHaveLength(9);
  expect(STANDARD_RETRY_DELAYS_MS.reduce((sum, delay) => sum + delay, 0)).toBe(75 * HOUR + 35 * 60_000 + 5000);
});

test.each([
  [1, 0.5, undefined, 5000],
  [1, 0, undefined, 4000],
  [1, 0.999999999, undefined, 6000],
  [9, 0.5, undefined, 24 * HOUR],
  [10, 0.5, undefined, undefined],
  [10, 0.5, 60_000, undefined],
  [1, 0.5, 60_000, 60_000],
  [1, 0.5, 1000, 5000],
  [1, 0.5, 48 * HOUR, MAX_RETRY_AFTER_MS],
])('after %i tries, random %d, Retry-After %s: %s ms', (tries, random, retryAfterMs, expected) => {
  expect(retryDelayMs(STANDARD_RETRY_DELAYS_MS, tries, random, retryAfterMs)).toBe(expected);
});

test('a delay is within 20 % of the plan', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 9 }),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      (tries, random) => {
        const planned = STANDARD_RETRY_DELAYS_MS[tries - 1] ?? 0;
        const delay = retryDelayMs(STANDARD_RETRY_DELAYS_MS, tries, random) ?? -1;
        expect(delay).toBeGreaterThanOrEqual(planned * 0.8);
        expect(delay).toBeLessThanOrEqual(planned * 1.2);
      },
    ),
  );
});

test('a status is in a range with both its ends, but for the exceptions', () => {
  const ranges = [
    { from: 400, to: 499, except: [408, 429] },
    { from: 501, to: 501 },
  ];
  const inside = [399, 400, 408, 429, 499, 500, 501].filter((status) => includesStatus(ranges, status));
  expect(inside).toEqual([400, 499, 501]);
});

test('an integration overrides timeout and schedule, nothing else', () => {
  expect(overridden(STANDARD_POLICY, {})).toEqual(STANDARD_POLICY);
  expect(overridden(STANDARD_POLICY, { timeoutMs: 1000, retryDelaysMs: [] })).toEqual({
    ...STANDARD_POLICY,
    timeoutMs: 1000,
    retryDelaysMs: [],
  });
});

test.each([
  [{}, true],
  [{ timeoutMs: 100 }, true],
  [{ timeoutMs: 99 }, false],
  [{ timeoutMs: 30_001 }, false],
  [{ retryDelaysMs: [] }, true],
  [{ scheduleMs: [0, 1000] }, false],
  [{ retryDelaysMs: [0, 1.5] }, false],
  [{ retryDelaysMs: [-1] }, false],
  [{ retryDelaysMs: Array(31).fill(0) }, false],
  [{ success: [] }, false],
])('the override %o is accepted: %s', (override, isTaken) => {
  expect(policyOverrideSchema.safeParse(override).success).toBe(isTaken);
});
