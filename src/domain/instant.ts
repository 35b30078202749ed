import { z } from 'zod';

/** The first instant that has a year: 0001-01-01T00:00:00Z. */
const FIRST_MS = Date.UTC(2000, 0, 1) - 730_119 * 86_400_000;
/** The last instant whose year has four digits: 9999-12-31T23:59:59.999Z. */
const LAST_MS = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/** An instant with an offset, ISO 8601 (RFC 3339), as the producer wrote it. Its year in UTC is 1 or later (vendors.md X1). */
export const instantSchema = z.iso
  .datetime({
    offset: true,
    error: 'must be an ISO 8601 instant with an offset, as 2026-03-01T12:00:00Z',
  })
  .refine((instant) => !(Date.parse(instant) < FIRST_MS), { error: 'must not be before the year 1 in UTC' });

/**
 * `2018-05-07T15:27:33.664Z`: UTC with milliseconds. What is after the year 9999 in UTC is its last instant (X1); events that were
 * stored before the lower limit existed have the first of the year 1.
 */
export function toMillisecondsZ(instant: string): string {
  return new Date(Math.max(FIRST_MS, Math.min(Date.parse(instant), LAST_MS))).toISOString();
}

/** `2022-01-01T00:00:00Z`: UTC with seconds, truncated. */
export function toSecondsZ(instant: string): string {
  return `${toMillisecondsZ(instant).slice(0, 19)}Z`;
}

/** `2017-01-14T14:30Z`: UTC with minutes, truncated. */
export function toMinutesZ(instant: string): string {
  return `${toMillisecondsZ(instant).slice(0, 16)}Z`;
}

/** `2018-11-23T06:27:28+00:00`: UTC with seconds, truncated. */
export function toSecondsOffset(instant: string): string {
  return `${toMillisecondsZ(instant).slice(0, 19)}+00:00`;
}

/** `2015-04-03 21:30:50`: UTC with seconds, truncated, no zone. */
export function toSecondsSpaced(instant: string): string {
  return toMillisecondsZ(instant).slice(0, 19).replace('T', ' ');
}
