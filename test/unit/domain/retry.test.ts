import { describe, expect, test } from 'vitest';
import { STANDARD_POLICY } from '../../../src/domain/policy.ts';
import { nextState } from '../../../src/domain/retry.ts';

const policy = { ...STANDARD_POLICY, retryDelaysMs: [1000, 5000] };
const failed = { kind: 'retryable', reason: 'the endpoint answered 500' } as const;
const UNJITTERED = 0.5;

describe('the next state of a delivery', () => {
  test('that was delivered: the delivery succeeded, whichever attempt it was', () => {
    expect(nextState({ kind: 'delivered' }, policy, 1, UNJITTERED)).toEqual({ state: 'succeeded' });
    expect(nextState({ kind: 'delivered' }, policy, 3, UNJITTERED)).toEqual({ state: 'succeeded' });
  });

  test('that failed permanently: the delivery is dead at once, with the reason', () => {
    const verdict = { kind: 'permanent', reason: 'the endpoint answered 410 Gone', endpointGone: true } as const;
    expect(nextState(verdict, policy, 1, UNJITTERED)).toEqual({ state: 'dead', reason: verdict.reason });
  });

  test.each([
    [1, 0, 800],
    [1, UNJITTERED, 1000],
    [2, UNJITTERED, 5000],
  ])('that failed %i times (random %d): it is retried after %i ms', (attemptsMade, random, delayMs) => {
    expect(nextState(failed, policy, attemptsMade, random)).toEqual({ state: 'retrying', delayMs, reason: failed.reason });
  });

  test('with Retry-After: it waits as long as the receiver asked', () => {
    const next = nextState({ ...failed, retryAfterMs: 60_000 }, policy, 1, UNJITTERED);
    expect(next).toMatchObject({ state: 'retrying', delayMs: 60_000 });
  });

  test('without a retry left: the delivery is dead, and the reason has the number of the attempt', () => {
    const reason = 'the endpoint answered 500 (attempt 3 of 3, none left)';
    expect(nextState(failed, policy, 3, UNJITTERED)).toEqual({ state: 'dead', reason });
    expect(nextState({ ...failed, retryAfterMs: 1000 }, policy, 3, UNJITTERED)).toEqual({ state: 'dead', reason });
  });

  test('with a schedule of one attempt: the delivery is dead after it', () => {
    expect(nextState(failed, { ...policy, retryDelaysMs: [] }, 1, UNJITTERED).state).toBe('dead');
  });
});
