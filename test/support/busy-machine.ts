import { availableParallelism, loadavg } from 'node:os';

/**
 * How many times as long work takes now as on an idle machine, at least 1: the processes that want a core for each core there
 * is, over the last minute. Where a promise in seconds is tested, its limit is stretched by this, so that the test
 * fails for what the product does and not for what else the machine is doing.
 */
export function slowdown(): number {
  const [lastMinute = 0] = loadavg();
  return Math.max(1, lastMinute / availableParallelism());
}
