import { setTimeout as sleep } from 'node:timers/promises';

export interface PollOptions {
  /** Default 60 s: long enough for a busy machine, since only a test that fails waits that long. */
  readonly withinMs?: number;
  /** Default 20 ms. */
  readonly everyMs?: number;
  /** What is waited for, in the error's words. */
  readonly what?: string;
}

type NotYet = undefined | null | false;

/**
 * Asks until there is an answer, not `undefined`, `null` or `false`, and returns it. An error thrown by `ask` counts as "not yet".
 *
 * @throws Error after `withinMs`, with the last error as its cause
 */
export async function eventually<T extends object | string | number | true>(
  ask: () => NotYet | T | Promise<NotYet | T>,
  options: PollOptions = {},
): Promise<T> {
  const { withinMs = 60_000, everyMs = 20, what = 'the expected' } = options;
  const giveUpAt = Date.now() + withinMs;
  for (;;) {
    let cause: unknown;
    try {
      const answer = await ask();
      if (answer !== undefined && answer !== null && answer !== false) return answer;
    } catch (error) {
      cause = error;
    }
    if (Date.now() > giveUpAt) throw new Error(`${what} did not happen within ${withinMs} ms`, { cause });
    await sleep(everyMs);
  }
}
