import { DEFAULT_MAX_IN_FLIGHT } from './limits.ts';
import { LONGEST_RETRY_DELAY_MS } from './retry.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

/** The numbers of the gate, which decides when a due delivery is attempted. */
export const GATE_RULES = {
  /** Most attempts in flight at an endpoint whose integration sets no limit of its own. */
  maxInFlight: DEFAULT_MAX_IN_FLIGHT,
  /** The share of an endpoint that no attempt has reported on yet. */
  firstShare: 2,
  /** Consecutive failures that move an endpoint to the slow lane. */
  slowAfter: 2,
  /** Consecutive failures that open an endpoint's breaker. */
  openAfter: 5,
  /** How long a breaker opens at first; each failed probe doubles it, up to `maxPauseMs`. */
  pauseMs: 5_000,
  maxPauseMs: 5 * 60_000,
  /** The part of its pause by which the breaker of one endpoint opens longer than that of another, at most. */
  pauseSpread: 0.25,
  /** From so many attempts in flight on, the first attempts at a tenant's further endpoints are spread over `startSpreadMs`. */
  crowd: 10,
  startSpreadMs: 1000,
  /** How long an attempt counts as in flight after its worker reported it last; then its delivery is parked again. */
  leaseMs: 8_000,
  /** How long a worker counts as alive after it reported last. */
  workerMs: 5_000,
  /**
   * How long a state that is new, flushed or unreported (no worker alive) admits nothing and ends no leases: longer than workers
   * take to reconnect and report what they have in flight.
   */
  coldMs: 2_000,
  /** How long before its rate slot a delivery is admitted, at most. */
  lookaheadMs: 100,
  /** The fraction of a lane's slots that one tenant may occupy. */
  tenantShare: 0.25,
  /** The fraction of all slots that belongs to the slow lane. */
  slowShare: 0.2,
  /** Most deliveries parked for one endpoint, the oldest ones; `recover` offers the others again later. */
  maxParked: 50_000,
  /** Most endpoints tried in one step and lane, so that a step stays short. */
  maxTries: 2_000,
  /** Most expired leases, and most wake-ups, handled in one step; the next step continues. */
  maxDue: 200,
  /** How long the state of an endpoint without parked deliveries and attempts in flight outlives its last change. */
  forgetAfterMs: 10 * DAY_MS,
};

export type GateRules = typeof GATE_RULES;

/**
 * How long the state of an idle endpoint is stored: twice the time after which a failing endpoint is disabled, and never less
 * than the longest wait between two attempts, since a failure must not be forgotten before the next attempt.
 */
export function forgetAfterMs(disableAfterMs: number): number {
  return Math.ceil(Math.max(2 * disableAfterMs, LONGEST_RETRY_DELAY_MS));
}
