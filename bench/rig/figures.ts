/** One measured quantity: a value for each round. */
export interface Figure {
  readonly name: string;
  readonly unit: string;
  readonly values: readonly number[];
  readonly target?: Target;
}

export interface Target {
  readonly text: string;
  readonly met: boolean;
}

export interface PartResult {
  readonly figures: readonly Figure[];
  /** What one must know to read the figures, one line each. */
  readonly notes?: readonly string[];
  /** More of what was seen, for the JSON file. */
  readonly detail?: unknown;
}

export function figure(name: string, unit: string, values: readonly number[]): Figure {
  return { name, unit, values };
}

/** A figure with the target that its median is at most `limit`. */
export function atMost(name: string, unit: string, values: readonly number[], limit: number, why = ''): Figure {
  const text = `<= ${shown(limit)} ${unit}${why && ` (${why})`}`;
  return { name, unit, values, target: { text, met: median(values) <= limit } };
}

/** Not a number when there are no values. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const upper = sorted[Math.floor(middle)] ?? Number.NaN;
  return Number.isInteger(middle) ? (upper + (sorted[middle - 1] ?? Number.NaN)) / 2 : upper;
}

/** The smallest value that at least `share` (0 to 1) of all values do not exceed. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

/** Pairs of rounds that ran one after the other, divided. */
export function ratios(over: readonly number[], under: readonly number[]): number[] {
  return over.map((value, round) => value / (under[round] ?? Number.NaN));
}

/** Three significant digits, thousands in whole. */
export function shown(value: number): string {
  if (!Number.isFinite(value)) return '-';
  const digits = Math.abs(value) >= 100 || Number.isInteger(value) ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}
