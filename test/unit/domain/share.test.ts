import { expect, test } from 'vitest';
import type { Breaker, SentSignal } from '../../../src/domain/breaker.ts';
import { currentShare, shareAfter, tenantShare } from '../../../src/domain/share.ts';

test.each<readonly [share: number, maxInFlight: number, Breaker, expected: number]>([
  [4, 10, 'closed', 4],
  [10, 4, 'closed', 4],
  [4, 10, 'half-open', 1],
  [4, 10, 'open', 1],
])('a share of %i of at most %i is, %s: %i', (share, maxInFlight, breaker, expected) => {
  expect(currentShare(share, maxInFlight, breaker)).toBe(expected);
});

test.each<readonly [share: number, SentSignal['kind'], Breaker, hasOpened: boolean, maxInFlight: number, expected: number]>(
  [
    [2, 'delivered', 'closed', false, 10, 4],
    [8, 'delivered', 'closed', false, 10, 10],
    [8, 'delivered', 'closed', false, 5, 5],
    [8, 'failed', 'closed', false, 10, 4],
    [5, 'failed', 'closed', false, 10, 2],
    [8, 'failed', 'closed', false, 4, 2],
    [1, 'failed', 'closed', false, 10, 1],
    [8, 'throttled', 'closed', false, 10, 4],
    [8, 'failed', 'closed', true, 10, 1],
    [1, 'failed', 'half-open', true, 10, 1],
    [1, 'delivered', 'half-open', false, 10, 2],
    [6, 'delivered', 'open', false, 10, 6],
    [6, 'failed', 'open', false, 10, 6],
    [6, 'throttled', 'open', false, 4, 4],
  ],
)(
  'a share of %i after %s (breaker %s, opens: %s), at most %i: %i',
  (share, kind, before, hasOpened, maxInFlight, expected) => {
    expect(shareAfter(share, kind, { before, hasOpened }, maxInFlight)).toBe(expected);
  },
);

test.each([
  [80, 0.25, 20],
  [81, 0.25, 21],
  [3, 0.25, 1],
  [1, 0.01, 1],
  [10, 1, 10],
])('of %i slots and a fraction of %d a tenant may occupy %i', (laneSlots, fraction, expected) => {
  expect(tenantShare(laneSlots, { tenantShare: fraction })).toBe(expected);
});
