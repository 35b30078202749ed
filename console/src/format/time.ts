import { preferences } from '../preferences.ts';
import { serverNowMs } from './clock.ts';

type Zone = 'local' | 'utc';

const DAY_MS = 86_400_000;

const formats = new Map<string, Intl.DateTimeFormat>();

function format(zone: Zone, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${zone}${JSON.stringify(options)}`;
  const known = formats.get(key);
  if (known) return known;
  const made = new Intl.DateTimeFormat(undefined, { ...options, ...(zone === 'utc' && { timeZone: 'UTC' }) });
  formats.set(key, made);
  return made;
}

const TIME = { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' } as const;
const DAY = { weekday: 'short', day: 'numeric', month: 'short' } as const;

/** `14:03:22.418` today, `Tue 24 Nov 14:03:22` otherwise, with the year where it is another one. */
export function showTime(at: Date, zone: Zone = preferences().zone, now = new Date(serverNowMs())): string {
  const time = format(zone, TIME).format(at);
  if (dayOf(at, zone) === dayOf(now, zone)) return `${time}.${String(at.getUTCMilliseconds()).padStart(3, '0')}`;
  const isThisYear = yearOf(at, zone) === yearOf(now, zone);
  return `${format(zone, isThisYear ? DAY : { ...DAY, year: 'numeric' }).format(at)} ${time}`;
}

/** `2026-11-24 13:03:22.418 UTC`. */
export function showUtc(at: Date): string {
  return `${at.toISOString().replace('T', ' ').replace('Z', '')} UTC`;
}

/** The beginning of a bucket, as short as its width allows: `14:00`, `24 Nov 14:00` where buckets span days, `24 Nov`. */
export function showBucket(
  atMs: number,
  stepMs: number,
  zone: Zone = preferences().zone,
  now = new Date(serverNowMs()),
): string {
  const at = new Date(atMs);
  const day = format(zone, { day: 'numeric', month: 'short' }).format(at);
  if (stepMs >= DAY_MS) return day;
  const time = format(zone, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(at);
  return dayOf(at, zone) === dayOf(now, zone) ? time : `${day} ${time}`;
}

/** The zone of times as they are shown: `UTC`, `Europe/Berlin`. */
export function zoneName(zone: Zone = preferences().zone): string {
  return zone === 'utc' ? 'UTC' : new Intl.DateTimeFormat().resolvedOptions().timeZone;
}

function dayOf(at: Date, zone: Zone): string {
  return format(zone, { year: 'numeric', month: 'numeric', day: 'numeric' }).format(at);
}

function yearOf(at: Date, zone: Zone): string {
  return format(zone, { year: 'numeric' }).format(at);
}

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1000],
] as const;
const MS_BELOW = 10_000;

/** `182 ms`, `12 s`, `4 min 58 s`, `3 d 4 h`: two units at most. */
export function showDuration(ms: number): string {
  const whole = Math.max(0, Math.round(ms));
  if (whole < MS_BELOW) return `${showNumber(whole)} ms`;
  let left = Math.round(whole / 1000) * 1000;
  const parts: string[] = [];
  const first = UNITS.findIndex(([, size]) => left >= size);
  for (const [unit, size] of UNITS.slice(first, first + 2)) {
    const count = Math.floor(left / size);
    left -= count * size;
    if (count > 0) parts.push(`${count} ${unit}`);
  }
  return parts.join(' ');
}

/** `3 min ago`, `in 28 min`, `now` within a second. */
export function showAge(at: Date, now = new Date(serverNowMs())): string {
  const ms = now.getTime() - at.getTime();
  if (Math.abs(ms) < 1000) return 'now';
  const rounded = Math.abs(ms) < MS_BELOW ? Math.round(Math.abs(ms) / 1000) * 1000 : Math.abs(ms);
  const text = rounded < MS_BELOW ? `${rounded / 1000} s` : showDuration(rounded);
  return ms > 0 ? `${text} ago` : `in ${text}`;
}

const number = new Intl.NumberFormat();

export function showNumber(value: number): string {
  return number.format(value);
}

const shortNumber = new Intl.NumberFormat(undefined, { notation: 'compact', maximumFractionDigits: 2 });

/** `1.2K`: on axes alone, where exact numbers do not fit. */
export function showShortNumber(value: number): string {
  return shortNumber.format(value);
}

/** `12.4`, `0.007`: three digits are enough of what changes all the time. */
export function showPerSecond(rate: number): string {
  return rate.toLocaleString(undefined, { maximumSignificantDigits: 3 });
}

/** `3.5 s`, `400 ms`, `2 min`: on axes alone. */
export function showShortDuration(ms: number): string {
  if (ms < 1000) return `${showNumber(ms)} ms`;
  const [value, unit] = ms < 60_000 ? [ms / 1000, 's'] : [ms / 60_000, 'min'];
  return `${value.toLocaleString(undefined, { maximumFractionDigits: 1 })} ${unit}`;
}

const KIB = 1024;

/** `812 B`, `5.0 MiB`. */
export function showBytes(bytes: number): string {
  if (bytes < KIB) return `${bytes} B`;
  const isKib = bytes < KIB * KIB;
  const value = isKib ? bytes / KIB : bytes / KIB / KIB;
  return `${value.toLocaleString(undefined, { maximumFractionDigits: 1, minimumFractionDigits: 1 })} ${isKib ? 'KiB' : 'MiB'}`;
}

/** A rate that is never rounded to 100 % while one failed, nor to 0 % while one succeeded: `99.99 %`. */
export function showRate(part: number, whole: number): string {
  if (whole === 0) return '';
  const percent = (part / whole) * 100;
  const shown = part < whole && percent > 99.99 ? 99.99 : part > 0 && percent < 0.01 ? 0.01 : percent;
  return `${shown.toLocaleString(undefined, { maximumFractionDigits: 2 })} %`;
}
