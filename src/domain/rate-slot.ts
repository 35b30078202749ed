import type { GateRules } from './gate-rules.ts';
import type { Limits } from './limits.ts';

// A rate is a sequence of slots, `intervalMs` apart (GCRA without burst, so that any second holds at most as many requests as
// the rate allows). Each attempt takes one slot. Instants are Unix milliseconds.

/** A twentieth of the second over which a rate is measured. */
const TOLERANCE_MS = 50;

/** The time between two requests; 0 without a rate. */
export function intervalMsOf({ ratePerSecond }: Limits): number {
  return ratePerSecond ? 1000 / ratePerSecond : 0;
}

/** Takes the first slot that is free from `nowMs` on. */
export function takeRateSlot(
  { freeFromMs, intervalMs }: { readonly freeFromMs: number; readonly intervalMs: number },
  nowMs: number,
): { readonly rateSlotAtMs: number; readonly freeFromMs: number } {
  const rateSlotAtMs = Math.max(nowMs, freeFromMs);
  return { rateSlotAtMs, freeFromMs: rateSlotAtMs + intervalMs };
}

/** When a delivery of this endpoint may be admitted: shortly before its slot, so that slots are neither missed nor hoarded. */
export function admissibleFromMs(rateSlotAtMs: number, rules: Pick<GateRules, 'lookaheadMs'>): number {
  return rateSlotAtMs - rules.lookaheadMs;
}

/** Whether an attempt is too late for its slot and needs another. */
export function hasMissedRateSlot(rateSlotAtMs: number, nowMs: number): boolean {
  return nowMs - rateSlotAtMs > TOLERANCE_MS;
}
