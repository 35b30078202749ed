const UNITS = { d: 86_400_000, h: 3_600_000, min: 60_000, s: 1000, ms: 1 } as const;
const MOST = 30;
const MAX_MS = 7 * UNITS.d;
const NONE = 'none';

/** `5 s`, `90 min`: in the largest unit of which it is a whole number. */
export function showWait(ms: number): string {
  const [unit, size] = Object.entries(UNITS).find(([, one]) => ms >= one && ms % one === 0) ?? ['ms', 1];
  return `${ms / size} ${unit}`;
}

/** `5 s, 5 min`; `none` where there are no retries; empty where nothing is set. */
export function showWaits(waits: readonly number[] | undefined): string {
  if (!waits) return '';
  return waits.length === 0 ? NONE : waits.map(showWait).join(', ');
}

/** Milliseconds; undefined: nothing is set; null: it cannot be read. */
export function readWaits(text: string): readonly number[] | undefined | null {
  const words = text.trim();
  if (words === '') return undefined;
  if (words === NONE) return [];
  const waits = words.split(',').map(readWait);
  const isRead = waits.length <= MOST && waits.every((ms) => ms !== undefined && ms <= MAX_MS);
  return isRead ? waits.flatMap((ms) => ms ?? []) : null;
}

function readWait(text: string): number | undefined {
  const [, count, unit] = /^\s*(\d{1,9})\s*(ms|s|min|h|d)\s*$/.exec(text) ?? [];
  return count === undefined ? undefined : Number(count) * UNITS[unit as keyof typeof UNITS];
}
