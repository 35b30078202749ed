import type { DeliveryFacts } from './facts.ts';
import { requestedWaitMs } from './rule.ts';

export const NEXT_REASONS = ['due', 'retry', 'retry-after', 'breaker', 'pause'] as const;

/** When something happens to a delivery without anybody's doing. */
export interface NextAttempt {
  readonly at: Date;
  /** From now; 0: it is due. */
  readonly inMs: number;
  /** `due`: it waits for room; `breaker`, `pause`: not before the pause of its endpoint ends. */
  readonly reason: (typeof NEXT_REASONS)[number];
}

/** Undefined: no attempt is planned, or it is unknown when. */
export function nextAttempt({ delivery, course, live, attempts }: DeliveryFacts): NextAttempt | undefined {
  const { state, dueAt } = delivery;
  if (state !== 'pending' && state !== 'retrying' && state !== 'parked') return undefined;
  const inMs = course.dueInMs;
  if (dueAt === undefined || inMs === undefined) return undefined;
  if (inMs > 0) {
    const last = attempts.at(-1);
    return { at: dueAt, inMs, reason: last && requestedWaitMs(last) !== undefined ? 'retry-after' : 'retry' };
  }
  const { pausedUntil, pausedForMs, breaker } = live ?? {};
  if (state === 'parked' && pausedUntil && pausedForMs !== undefined) {
    return { at: pausedUntil, inMs: pausedForMs, reason: breaker === 'closed' ? 'pause' : 'breaker' };
  }
  return { at: dueAt, inMs: 0, reason: 'due' };
}
