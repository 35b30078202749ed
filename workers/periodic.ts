import { Unavailable } from '../src/domain/errors.ts';
import type { Log } from '../src/ports/process.ts';

export interface Periodic {
  /** Starts no more runs and waits for the one under way. */
  stop(): Promise<void>;
}

/**
 * Runs `work` now and then every `intervalMs`, spread by up to a fifth so that processes do not run in step, never two at
 * once. A run that fails is logged and the next one comes all the same: what is away now may be back then.
 */
export function periodically(name: string, intervalMs: number, log: Log, work: () => Promise<void>): Periodic {
  let stopped = false;
  let wake: (() => void) | undefined;
  const pause = (ms: number): Promise<void> =>
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
        if (err instanceof Unavailable) log.warn({ err: err.message }, `${name}: put off`);
        else log.error({ err }, `${name}: failed`);
      }
      if (!stopped) await pause(intervalMs * (0.9 + Math.random() / 5));
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
