import { Unavailable } from '../src/domain/errors.ts';
import type { Log } from '../src/ports/process.ts';

export interface Periodic {
  /** Starts no further run and waits for the current one to end. */
  stop(): Promise<void>;
}

/**
 * Runs `work` at once, then again `intervalMs` (+-10 %) after each run ends. The jitter keeps processes from running in
 * step; runs never overlap. A failed run is logged, and the next one follows: an unavailable dependency may recover.
 */
export function periodically(name: string, intervalMs: number, log: Log, work: () => Promise<void>): Periodic {
  let stopped = false;
  let wake: (() => void) | undefined;
  const sleep = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  const loop = async (): Promise<void> => {
    while (!stopped) {
      try {
        await work();
      } catch (err) {
        if (err instanceof Unavailable) log.warn({ err: err.message }, `${name}: skipped until the next run`);
        else log.error({ err }, `${name}: failed`);
      }
      if (!stopped) await sleep(intervalMs * (0.9 + Math.random() / 5));
    }
  };
  const ended = loop();
  return {
    async stop() {
      stopped = true;
      wake?.();
      await ended;
    },
  };
}
