import type { EndpointSignal } from './endpoint-signal.ts';
import type { GateRules } from './gate-rules.ts';
import { spreadPauseMs } from './spread.ts';

/** `open`: nothing is sent; `half-open`: one attempt at a time, as a probe. */
export const BREAKERS = ['closed', 'open', 'half-open'] as const;
export type Breaker = (typeof BREAKERS)[number];

/** What the attempts at an endpoint have shown. Instants are Unix milliseconds, 0 where there is none. */
export interface BreakerState {
  /** Consecutive failures. */
  readonly failures: number;
  /** How many times in a row the breaker has opened; 0 while it is closed. */
  readonly opens: number;
  /** Nothing is admitted before this instant: the breaker is open, or the receiver asked for a pause. */
  readonly pausedUntilMs: number;
  /** The first of the consecutive failures. */
  readonly failingSinceMs: number;
  readonly lastFailedAtMs: number;
}

export interface BreakerTransition {
  readonly state: BreakerState;
  /** The breaker opened, for the first time or again. */
  readonly hasOpened: boolean;
  /** What watchers of the endpoint must learn. */
  readonly healthChange: 'failing' | 'recovered' | undefined;
}

export type BreakerRules = Pick<GateRules, 'openAfter' | 'pauseMs' | 'maxPauseMs' | 'pauseSpread'>;

/** The signal of an attempt that was sent. */
export type SentSignal = EndpointSignal & { readonly kind: Exclude<EndpointSignal['kind'], 'none'> };

/** An endpoint without failures and pauses. */
export const HEALTHY: BreakerState = { failures: 0, opens: 0, pausedUntilMs: 0, failingSinceMs: 0, lastFailedAtMs: 0 };

export function breakerAt({ opens, pausedUntilMs }: Pick<BreakerState, 'opens' | 'pausedUntilMs'>, nowMs: number): Breaker {
  if (opens === 0) return 'closed';
  return pausedUntilMs > nowMs ? 'open' : 'half-open';
}

/**
 * The breaker after an attempt. Closed: `openAfter` consecutive failures open it. Open: attempts that were already in flight
 * change nothing. Half-open: a success closes it, a failure opens it for twice as long. A pause that the receiver asks for is
 * respected whatever the breaker's state.
 *
 * @param known undefined when no attempt has reported yet, or Redis lost the state: then a success is reported as a recovery,
 *   since watchers may have stored a failure that Redis has forgotten
 * @param spread the endpoint's (see spread.ts)
 */
export function afterSignal(
  known: BreakerState | undefined,
  { kind, pauseMs }: SentSignal,
  nowMs: number,
  rules: BreakerRules,
  spread: number,
): BreakerTransition {
  const before = known ?? HEALTHY;
  const transition = breakerAt(before, nowMs) === 'open' ? unchanged(before) : transit(known, kind, nowMs, rules, spread);
  const { state } = transition;
  const pausedUntilMs = pauseMs > 0 ? Math.max(state.pausedUntilMs, nowMs + pauseMs) : state.pausedUntilMs;
  const lastFailedAtMs = kind === 'failed' ? nowMs : before.lastFailedAtMs;
  return { ...transition, state: { ...state, pausedUntilMs, lastFailedAtMs } };
}

function transit(
  known: BreakerState | undefined,
  kind: SentSignal['kind'],
  nowMs: number,
  rules: BreakerRules,
  spread: number,
): BreakerTransition {
  const before = known ?? HEALTHY;
  if (kind === 'throttled') return unchanged(before);
  if (kind === 'delivered') {
    const healthChange = before.opens > 0 || known === undefined ? 'recovered' : undefined;
    return { state: { ...before, failures: 0, opens: 0, failingSinceMs: 0 }, hasOpened: false, healthChange };
  }
  const failures = before.failures + 1;
  const failingSinceMs = before.failures === 0 ? nowMs : before.failingSinceMs;
  if (before.opens === 0 && failures < rules.openAfter) return unchanged({ ...before, failures, failingSinceMs });
  const pauseMs = spreadPauseMs(Math.min(rules.maxPauseMs, rules.pauseMs * 2 ** before.opens), spread, rules);
  const pausedUntilMs = Math.max(before.pausedUntilMs, nowMs + pauseMs);
  return {
    state: { ...before, failures, failingSinceMs, opens: before.opens + 1, pausedUntilMs },
    hasOpened: true,
    healthChange: before.opens === 0 ? 'failing' : undefined,
  };
}

function unchanged(state: BreakerState): BreakerTransition {
  return { state, hasOpened: false, healthChange: undefined };
}
