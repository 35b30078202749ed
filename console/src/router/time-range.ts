import { serverNowMs } from '../format/clock.ts';
import type { Query } from './query-string.ts';

const UNITS = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
export const LASTS = ['1h', '24h', '7d', '30d'] as const;

/** Of `last=1h` in the address, which stays relative, or of the instants `after` and `before`. */
export interface TimeRange {
  readonly after?: string;
  readonly before?: string;
}

/** The range of a query for the API. A wrong one counts as none. */
export function timeRangeOf({ last, after, before }: Query, nowMs = serverNowMs()): TimeRange {
  const ms = last === undefined ? undefined : durationOf(last);
  if (ms !== undefined) return { after: new Date(nowMs - ms).toISOString() };
  return { ...instant('after', after), ...instant('before', before) };
}

/** The address with its relative range as instants: what a copied link shows does not change. */
export function withFrozenRange(query: Query, nowMs = serverNowMs()): Query {
  if (query.last === undefined) return query;
  const { last: _last, ...rest } = query;
  return { ...rest, ...timeRangeOf(query, nowMs), before: new Date(nowMs).toISOString() };
}

/** The milliseconds of `30m`, `24h` and `7d`; undefined for anything else. */
function durationOf(last: string): number | undefined {
  const [, count, unit] = /^(\d{1,4})([mhd])$/.exec(last) ?? [];
  return unit === undefined ? undefined : Number(count) * UNITS[unit as keyof typeof UNITS];
}

function instant(name: 'after' | 'before', text: string | undefined): TimeRange {
  const at = new Date(text ?? '');
  return Number.isNaN(at.getTime()) ? {} : { [name]: at.toISOString() };
}
