import { expect, test } from 'vitest';
import { forgetAfterMs } from '../../../src/domain/gate-rules.ts';
import { LONGEST_RETRY_DELAY_MS } from '../../../src/domain/retry.ts';

const HOUR_MS = 60 * 60 * 1000;

test.each([
  ['twice the time after which it is disabled', 120 * HOUR_MS, 240 * HOUR_MS],
  ['a year and more', 8760 * HOUR_MS, 17_520 * HOUR_MS],
  ['the longest wait between two attempts, at least', HOUR_MS, LONGEST_RETRY_DELAY_MS],
  ['whole milliseconds', 150.0001 * HOUR_MS, 300 * HOUR_MS + 720],
])('the state of an idle endpoint is stored for %s', (_name, disableAfterMs, expected) => {
  expect(forgetAfterMs(disableAfterMs)).toBe(expected);
});
