/** Milliseconds of the system's monotonic clock, fractions included. All processes of one machine read the same clock. */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
