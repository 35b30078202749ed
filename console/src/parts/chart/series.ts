import { type Meaning, toneVariable } from '../../theme/meanings.ts';

/** How a series is told apart without its colour: filled bars by a pattern, lines by their dash. */
export type Pattern = 'plain' | 'hatched' | 'lined' | 'dotted' | 'dashed';

export interface Series {
  /** Of its values in the points. */
  readonly key: string;
  readonly label: string;
  /** Absent: ink, for what is neither good nor bad. */
  readonly meaning?: Meaning;
  readonly pattern?: Pattern;
}

/** The values of one bucket by the keys of series; null: unknown, or none was measured. */
export interface Point {
  /** When the bucket begins, in ms since 1970. */
  readonly at: number;
  readonly values: Readonly<Record<string, number | null>>;
}

export function colourOf({ meaning }: Pick<Series, 'meaning'>): string {
  return meaning === undefined ? 'var(--mantine-color-text)' : `var(${toneVariable(meaning, 'mark')})`;
}

/** Of an SVG line. */
export function dashOf({ pattern = 'plain' }: Pick<Series, 'pattern'>): string | undefined {
  if (pattern === 'dashed') return '7 4';
  return pattern === 'dotted' ? '2 3' : undefined;
}

/** Every bucket of a period, those without data too, so that the time axis is even. Bounded by what the API answers. */
export function everyBucket(
  { from, to, stepMs }: { readonly from: string; readonly to: string; readonly stepMs: number },
  known: readonly Point[],
  without: Point['values'],
): readonly Point[] {
  const byTime = new Map(known.map((point) => [point.at, point]));
  const first = Date.parse(from);
  const count = Math.max(0, Math.round((Date.parse(to) - first) / stepMs));
  return Array.from({ length: count }, (_, index) => {
    const at = first + index * stepMs;
    return byTime.get(at) ?? { at, values: without };
  });
}
