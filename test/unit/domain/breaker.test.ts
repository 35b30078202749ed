import { describe, expect, test } from 'vitest';
import {
  afterSignal,
  type Breaker,
  type BreakerState,
  breakerAt,
  HEALTHY,
  type SentSignal,
} from '../../../src/domain/breaker.ts';

const NOW_MS = 1_000_000;
const rules = { openAfter: 3, pauseMs: 100, maxPauseMs: 350, pauseSpread: 0.25 };
const kinds = (...signals: SentSignal['kind'][]): SentSignal[] => signals.map((kind) => ({ kind, pauseMs: 0 }));

test.each<readonly [string, Partial<BreakerState>, Breaker]>([
  ['never opened', {}, 'closed'],
  ['paused by the receiver', { pausedUntilMs: NOW_MS + 1 }, 'closed'],
  ['opened, its pause not over', { opens: 1, pausedUntilMs: NOW_MS + 1 }, 'open'],
  ['opened, its pause just over', { opens: 1, pausedUntilMs: NOW_MS }, 'half-open'],
])('a breaker that %s', (_name, state, expected) => {
  expect(breakerAt({ ...HEALTHY, ...state }, NOW_MS)).toBe(expected);
});

describe('a signal', () => {
  const failing: BreakerState = { ...HEALTHY, failures: 2, failingSinceMs: 500, lastFailedAtMs: 900 };
  const open: BreakerState = {
    failures: 3,
    opens: 1,
    pausedUntilMs: NOW_MS + 50,
    failingSinceMs: 500,
    lastFailedAtMs: 950,
  };
  const halfOpen: BreakerState = { ...open, pausedUntilMs: NOW_MS };

  test.each<readonly [string, BreakerState | undefined, SentSignal, Partial<BreakerState>, string | undefined]>([
    ['success of a healthy endpoint', HEALTHY, { kind: 'delivered', pauseMs: 0 }, HEALTHY, undefined],
    ['the first known success', undefined, { kind: 'delivered', pauseMs: 0 }, HEALTHY, 'recovered'],
    ['a success after failures', failing, { kind: 'delivered', pauseMs: 0 }, { failures: 0, failingSinceMs: 0 }, undefined],
    ['the first failure', HEALTHY, { kind: 'failed', pauseMs: 0 }, { failures: 1, failingSinceMs: NOW_MS }, undefined],
    [
      'the failure that opens',
      failing,
      { kind: 'failed', pauseMs: 0 },
      { failures: 3, opens: 1, failingSinceMs: 500, pausedUntilMs: NOW_MS + 100 },
      'failing',
    ],
    ['a 429', failing, { kind: 'throttled', pauseMs: 70 }, { failures: 2, pausedUntilMs: NOW_MS + 70 }, undefined],
    ['a success while open', open, { kind: 'delivered', pauseMs: 0 }, { failures: 3, opens: 1 }, undefined],
    ['a failure while open', open, { kind: 'failed', pauseMs: 0 }, { failures: 3, lastFailedAtMs: NOW_MS }, undefined],
    ['a pause while open', open, { kind: 'failed', pauseMs: 90 }, { pausedUntilMs: NOW_MS + 90 }, undefined],
    ['a shorter pause while open', open, { kind: 'failed', pauseMs: 20 }, { pausedUntilMs: NOW_MS + 50 }, undefined],
    ['a success as probe', halfOpen, { kind: 'delivered', pauseMs: 0 }, { failures: 0, opens: 0 }, 'recovered'],
    ['a failure as probe', halfOpen, { kind: 'failed', pauseMs: 0 }, { opens: 2, pausedUntilMs: NOW_MS + 200 }, undefined],
    ['a 429 as probe', halfOpen, { kind: 'throttled', pauseMs: 30 }, { opens: 1, pausedUntilMs: NOW_MS + 30 }, undefined],
  ])('%s', (_name, before, signal, expected, change) => {
    const { state, healthChange } = afterSignal(before, signal, NOW_MS, rules, 0);
    expect(state).toMatchObject(expected);
    expect(healthChange).toBe(change);
    expect(state.lastFailedAtMs).toBe(signal.kind === 'failed' ? NOW_MS : (before ?? HEALTHY).lastFailedAtMs);
  });

  test.each<readonly [string, SentSignal[], number, readonly number[]]>([
    ['consecutive failures only', kinds('failed', 'failed', 'delivered', 'failed', 'failed'), 0, []],
    ['the third failure, and each failed probe', kinds('failed', 'failed', 'failed', 'failed'), 2, [100, 200]],
    [
      'pauses that double up to a bound',
      kinds('failed', 'failed', 'failed', 'failed', 'failed', 'failed'),
      4,
      [100, 200, 350, 350],
    ],
  ])('opens after %s', (_name, signals, opens, pausesMs) => {
    let state = HEALTHY;
    let nowMs = NOW_MS;
    const pauses: number[] = [];
    for (const signal of signals) {
      const { state: next, hasOpened } = afterSignal(state, signal, nowMs, rules, 0);
      if (hasOpened) pauses.push(next.pausedUntilMs - nowMs);
      state = next;
      nowMs = Math.max(nowMs + 1, next.pausedUntilMs);
    }
    expect(state.opens).toBe(opens);
    expect(pauses).toEqual(pausesMs);
  });
});
