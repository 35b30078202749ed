import type { AttemptReport } from '../../ports/telemetry.ts';

/**
 * How long a new delivery waited for its first attempt; undefined for retries, which wait on purpose. The start is the time in
 * the delivery's id, by the clock of the API, so two clocks that differ make it wrong by their difference.
 */
export function queueWaitMs({ claimed, attempt }: Pick<AttemptReport, 'claimed' | 'attempt'>): number | undefined {
  if (attempt.number !== 1) return undefined;
  return Math.max(0, attempt.startedAt.getTime() - timeOf(claimed.id));
}

/** Unix milliseconds: the first 48 bits of a UUIDv7 (RFC 9562, 5.7) behind the prefix. */
function timeOf(id: string): number {
  const uuid = id.slice(id.indexOf('_') + 1);
  return Number.parseInt(uuid.slice(0, 8) + uuid.slice(9, 13), 16);
}
