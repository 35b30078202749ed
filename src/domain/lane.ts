import type { GateRules } from './gate-rules.ts';

/**
 * Worker slots are divided: few are for endpoints that keep failing (`slow`), most for the others (`fast`), so that endpoints
 * that hang never occupy the slots of those that answer.
 */
export const LANES = ['fast', 'slow'] as const;
export type Lane = (typeof LANES)[number];

/** The lane of an endpoint with so many consecutive failures. */
export function laneOf(failures: number, rules: Pick<GateRules, 'slowAfter'>): Lane {
  return failures >= rules.slowAfter ? 'slow' : 'fast';
}

/** How many of `slots` slots belong to each lane: at least one, as long as there are any. */
export function laneSlots(slots: number, rules: Pick<GateRules, 'slowShare'>): Readonly<Record<Lane, number>> {
  if (slots === 0) return { fast: 0, slow: 0 };
  const slow = Math.max(1, Math.floor(slots * rules.slowShare));
  return { fast: Math.max(1, slots - slow), slow };
}
