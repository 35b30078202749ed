/** A span of time: from an instant on, until before another one (Unix milliseconds). */
export interface TimeWindow {
  readonly fromMs: number;
  readonly untilMs: number;
}

export const ALWAYS: TimeWindow = { fromMs: Number.NEGATIVE_INFINITY, untilMs: Number.POSITIVE_INFINITY };

export function isWithin({ fromMs, untilMs }: TimeWindow, atMs: number): boolean {
  return fromMs <= atMs && atMs < untilMs;
}

/** Whether there is an instant within both. */
export function overlap(one: TimeWindow, other: TimeWindow): boolean {
  return Math.max(one.fromMs, other.fromMs) < Math.min(one.untilMs, other.untilMs);
}
