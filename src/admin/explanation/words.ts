// Numbers, durations and times in sentences for people. Times are UTC, because texts are copied to people elsewhere.

const NUMBERS = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'];
const ORDINALS = ['', 'first', 'second', 'third', 'fourth', 'fifth', 'sixth', 'seventh', 'eighth', 'ninth', 'tenth'];
const ENDINGS: Readonly<Partial<Record<Intl.LDMLPluralRule, string>>> = { one: 'st', two: 'nd', few: 'rd' };
const ordinals = new Intl.PluralRules('en', { type: 'ordinal' });
const grouped = new Intl.NumberFormat('en');

/** `one` to `ten`, then digits: `1,204`. */
export function inWords(count: number): string {
  return NUMBERS[count] ?? grouped.format(count);
}

export function inDigits(count: number): string {
  return grouped.format(count);
}

/** `first` to `tenth`, then `11th`. */
export function ordinal(count: number): string {
  return ORDINALS[count] || `${count}${ENDINGS[ordinals.select(count)] ?? 'th'}`;
}

export function plural(count: number, one: string, many: string): string {
  return count === 1 ? one : many;
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(items: readonly string[], word = 'and'): string {
  if (items.length < 2) return items.join('');
  return `${items.slice(0, -1).join(', ')} ${word} ${items.at(-1)}`;
}

export function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const UNITS = [
  [DAY, 'd'],
  [HOUR, 'h'],
  [MINUTE, 'min'],
  [SECOND, 's'],
] as const;

/** What something took, two units at most: `182 ms`, `5 s`, `4 min 58 s`. Milliseconds below 10 s. */
export function duration(ms: number): string {
  const rounded = Math.round(ms);
  if (rounded < 10 * SECOND && (rounded % SECOND !== 0 || rounded === 0)) return `${grouped.format(rounded)} ms`;
  return inUnits(Math.round(rounded / SECOND) * SECOND, 2);
}

/** How long from now, rounded: `28 min`, `3 h 5 min`. */
export function wait(ms: number): string {
  if (ms < MINUTE) return `${Math.max(0, Math.round(ms / SECOND))} s`;
  return inUnits(Math.round(ms / MINUTE) * MINUTE, ms < HOUR ? 1 : 2);
}

function inUnits(ms: number, most: number): string {
  const start = UNITS.findIndex(([unit]) => ms >= unit);
  let left = ms;
  const parts = UNITS.slice(start, start + most).flatMap(([unit, name]) => {
    const count = Math.floor(left / unit);
    left -= count * unit;
    return count > 0 ? [`${count} ${name}`] : [];
  });
  return parts.join(' ');
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Writes instants in one of two ways. */
export interface Times {
  /** To the second, for what happened. */
  at(instant: Date): string;
  /** To the minute, for what is far away. */
  around(instant: Date): string;
}

/** As somebody reads them who looks now: `14:03:22` today, else `24 Nov, 14:03:22`, with the year when it is another. */
export function shortTimes(now: Date): Times {
  const dayOf = (instant: Date): string => {
    if (instant.toISOString().slice(0, 10) === now.toISOString().slice(0, 10)) return '';
    const isOtherYear = instant.getUTCFullYear() !== now.getUTCFullYear();
    return `${dayAndMonth(instant)}${isOtherYear ? ` ${instant.getUTCFullYear()}` : ''}, `;
  };
  return {
    at: (instant) => `${dayOf(instant)}${clock(instant, 19)}`,
    around: (instant) => `${dayOf(instant)}${clock(instant, 16)}`,
  };
}

/** As they can be copied to somebody who reads them later and elsewhere: `24 Nov 2026, 14:03:22 UTC`. */
export const FULL_TIMES: Times = {
  at: (instant) => `${dayAndMonth(instant)} ${instant.getUTCFullYear()}, ${clock(instant, 19)} UTC`,
  around: (instant) => `${dayAndMonth(instant)} ${instant.getUTCFullYear()}, ${clock(instant, 16)} UTC`,
};

function dayAndMonth(instant: Date): string {
  return `${instant.getUTCDate()} ${MONTHS[instant.getUTCMonth()]}`;
}

function clock(instant: Date, end: number): string {
  return instant.toISOString().slice(11, end);
}

/** `24 Nov 2026`. */
export function dayOf(instant: Date): string {
  return `${dayAndMonth(instant)} ${instant.getUTCFullYear()}`;
}
