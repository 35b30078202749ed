import type { Refusals } from './refusals.ts';
import type { Result } from './run-scenario.ts';

interface Column {
  readonly head: readonly [string, string];
  cell(result: Result): string;
}

const COLUMNS: readonly Column[] = [
  { head: ['', ''], cell: ({ name }) => name },
  { head: ['', 'accepted'], cell: ({ accepted }) => shown(accepted) },
  { head: ['', 'ended'], cell: ({ states: { held: _, ...ended } }) => shown(sum(Object.values(ended))) },
  { head: ['of them', 'dead'], cell: ({ states: { dead = 0 } }) => shown(dead) },
  { head: ['', 'held'], cell: ({ states: { held = 0 } }) => shown(held) },
  { head: ['', 'lost'], cell: ({ lost }) => shown(lost) },
  { head: ['', 'duplicates'], cell: ({ duplicates }) => shown(duplicates) },
  { head: ['in flight', 'at the fault'], cell: ({ inFlight }) => shown(inFlight) },
  { head: ['worst delay', 'after it'], cell: ({ worstDelayMs }) => `${(worstDelayMs / 1000).toFixed(1)} s` },
  { head: ['most in flight', 'at an endpoint'], cell: ({ mostInFlight: { count, limit } }) => `${count} of ${limit}` },
  { head: ['out of', 'order'], cell: ({ outOfOrder }) => (outOfOrder === undefined ? '-' : shown(outOfOrder)) },
  { head: ['', ''], cell: ({ broken }) => (broken.length === 0 ? 'kept' : 'BROKEN') },
];

/** The results as a table for people, and which promises were broken. */
export function table(results: readonly Result[]): string {
  const rows = [
    COLUMNS.map(({ head }) => head[0]),
    COLUMNS.map(({ head }) => head[1]),
    ...results.map((result) => COLUMNS.map(({ cell }) => cell(result))),
  ];
  const widths = COLUMNS.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => padded(cell, widths[column] ?? 0, column))
      .join('  ')
      .trimEnd(),
  );
  const refusals = results.flatMap(({ name, refusals: found }) => (found ? [`${name}: ${inWords(found)}`] : []));
  const broken = results.flatMap(({ name, broken }) => broken.map((what) => `${name}: ${what}`));
  return [lines, refusals, broken]
    .filter((part) => part.length > 0)
    .map((part) => part.join('\n'))
    .join('\n\n');
}

function inWords({ requests, refused, p99Ms, slowestMs, growthMiB }: Refusals): string {
  const memory = growthMiB === undefined ? 'memory unknown' : `${growthMiB.toFixed(0)} MiB more memory`;
  const times = `503 after ${p99Ms.toFixed(0)} ms at p99, ${slowestMs.toFixed(0)} ms at most`;
  return `${shown(refused)} of ${shown(requests)} requests refused: ${times}; ${memory}`;
}

function padded(cell: string, width: number, column: number): string {
  const isText = column === 0 || column === COLUMNS.length - 1;
  return isText ? cell.padEnd(width) : cell.padStart(width);
}

function sum(counts: readonly number[]): number {
  return counts.reduce((all, count) => all + count, 0);
}

function shown(count: number): string {
  return count.toLocaleString('en-US');
}
