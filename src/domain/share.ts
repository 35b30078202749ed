import type { Breaker, SentSignal } from './breaker.ts';
import type { GateRules } from './gate-rules.ts';

// How many attempts may be in flight at once, for one endpoint and for one tenant.

/** Most attempts in flight at an endpoint now. A half-open breaker lets one probe through at a time. */
export function currentShare(share: number, maxInFlight: number, breaker: Breaker): number {
  return breaker === 'closed' ? Math.min(share, maxInFlight) : 1;
}

/**
 * An endpoint's share after an attempt: a success doubles it up to `maxInFlight`, a failure and a 429 halve it, a breaker that
 * opens leaves one. What was in flight when the breaker opened changes nothing.
 *
 * @param before the breaker when the attempt ended
 * @param hasOpened whether the attempt opened the breaker
 */
export function shareAfter(
  share: number,
  kind: SentSignal['kind'],
  { before, hasOpened }: { readonly before: Breaker; readonly hasOpened: boolean },
  maxInFlight: number,
): number {
  if (before === 'open') return Math.min(share, maxInFlight);
  if (hasOpened) return 1;
  if (kind === 'delivered') return Math.min(maxInFlight, 2 * share);
  return Math.max(1, Math.floor(Math.min(share, maxInFlight) / 2));
}

/** Most attempts in flight for one tenant in a lane of `laneSlots` slots. */
export function tenantShare(laneSlots: number, rules: Pick<GateRules, 'tenantShare'>): number {
  return Math.max(1, Math.ceil(laneSlots * rules.tenantShare));
}
