import pTimeout from 'p-timeout';
import { isUnavailable } from '../domain/errors.ts';

/** How long a read waits for what only Redis knows: without it, the rest is shown within 300 ms. */
const LIVE_WITHIN_MS = 200;

/** What Redis knows; undefined where it does not answer in time. */
export async function whereKnown<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await pTimeout(read(), { milliseconds: LIVE_WITHIN_MS, fallback: () => undefined });
  } catch (error) {
    if (isUnavailable(error)) return undefined;
    throw error;
  }
}
