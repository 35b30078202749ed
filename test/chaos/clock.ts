/** Unix milliseconds with fractions; all processes of one machine read the same clock, to about a millisecond. */
export function nowMs(): number {
  return performance.timeOrigin + performance.now();
}
