import { z } from 'zod';

/** An instant with an offset, ISO 8601 (RFC 3339), as the producer wrote it. */
export const instantSchema = z.iso.datetime({
  offset: true,
  error: 'must be an ISO 8601 instant with an offset, as 2026-03-01T12:00:00Z',
});

/** `2018-05-07T15:27:33.664Z`: UTC with milliseconds. */
export function toMillisecondsZ(instant: string): string {
  return new Date(instant).toISOString();
}

/** `2022-01-01T00:00:00Z`: UTC with seconds, truncated. */
export function toSecondsZ(instant: string): string {
  return `${toMillisecondsZ(instant).slice(0, 19)}Z`;
}

/** `2018-11-23T06:27:28+00:00`: UTC with seconds, truncated. */
export function toSecondsOffset(instant: string): string {
  return `${toMillisecondsZ(instant).slice(0, 19)}+00:00`;
}

/** `2015-04-03 21:30:50`: UTC with seconds, truncated, no zone. */
export function toSecondsSpaced(instant: string): string {
  return toMillisecondsZ(instant).slice(0, 19).replace('T', ' ');
}
