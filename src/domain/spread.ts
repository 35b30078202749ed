import type { GateRules } from './gate-rules.ts';
import type { EndpointId } from './id.ts';

// Endpoints that hang time out together when their attempts began together, and a worker that has hundreds of timeouts in one
// moment delays everything else. What many endpoints would do at one moment is spread over time, by the random end of their ids:
// the same for an endpoint each time, and no one has to remember it.

const DIGITS = 4;
const VALUES = 16 ** DIGITS;

/** A number in [0, 1), evenly distributed over endpoints. */
export function spreadOf(endpoint: EndpointId): number {
  return Number.parseInt(endpoint.slice(-DIGITS), 16) / VALUES;
}

/** How long a breaker opens: by a part of `pauseMs` longer for each endpoint, so that probes do not meet. */
export function spreadPauseMs(pauseMs: number, spread: number, rules: Pick<GateRules, 'pauseSpread'>): number {
  return Math.floor(pauseMs * (1 + rules.pauseSpread * spread));
}

/** When the first attempt at an endpoint may begin whose tenant has many in flight already. */
export function startFromMs(nowMs: number, spread: number, rules: Pick<GateRules, 'startSpreadMs'>): number {
  return nowMs + Math.floor(rules.startSpreadMs * spread);
}
