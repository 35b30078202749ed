import type { AttemptReport } from '../../ports/telemetry.ts';

/** How long a new delivery waited to be claimed for its first attempt; undefined for retries, which wait on purpose. */
export function queueWaitMs({ claimed, attempt }: Pick<AttemptReport, 'claimed' | 'attempt'>): number | undefined {
  return attempt.number === 1 ? claimed.ageMs : undefined;
}
