import { type Figure, median, type PartResult, shown } from './figures.ts';

export type Results = Readonly<Record<string, PartResult>>;

const HEAD = ['', 'median', 'min .. max', 'target', ''];

/** The results as a table for people. */
export function table(results: Results): string {
  const rows = Object.entries(results).flatMap(([part, { figures }]) => [[part], ...figures.map(row)]);
  const widths = HEAD.map((head, column) =>
    Math.max(head.length, ...rows.filter(isFigure).map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) =>
        column === 1 || column === 2 ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join('  ');
  const notes = Object.entries(results).flatMap(([part, { notes = [] }]) => notes.map((note) => `${part}: ${note}`));
  return [line(HEAD), ...rows.map((row) => (isFigure(row) ? line(row) : `\n${row[0]}`)), '', ...notes].join('\n');
}

function isFigure(row: readonly string[]): boolean {
  return row.length > 1;
}

function row({ name, unit, values, target }: Figure): string[] {
  const spread = values.length > 1 ? `${shown(Math.min(...values))} .. ${shown(Math.max(...values))}` : '';
  const verdict = target ? (target.met ? 'met' : 'MISSED') : '';
  return [`  ${name}`, `${shown(median(values))} ${unit}`.trim(), spread, target?.text ?? '', verdict];
}
