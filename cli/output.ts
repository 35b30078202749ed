import type { Writable } from 'node:stream';
import { styleText } from 'node:util';
import Table from 'cli-table3';

export type Colour = 'green' | 'red' | 'yellow' | 'blue' | 'dim' | 'bold';
export type Paint = (colour: Colour, text: string) => string;

/** A column of a table: its heading, the text of a row's cell, and its colour. */
export type Column<T> = readonly [
  heading: string,
  cell: (row: T) => string | number | null | undefined,
  colour?: (row: T) => Colour | undefined,
];

/** Where a command prints. Answers go to `out`, remarks to `err`, so that a pipe gets answers only. */
export interface Output {
  readonly json: boolean;
  readonly paint: Paint;
  /** Rows as they arrive: a table for people, one JSON document a line for machines. */
  rows<T>(rows: AsyncIterable<T>, columns: readonly Column<T>[], empty: string): Promise<void>;
  /** One object: names and values for people, a JSON document for machines. */
  object(value: object, lines?: readonly Line[]): void;
  /** One document on one line, for machines; nothing for people. */
  line(value: object): void;
  /** Text for people; nothing with `--json`. */
  text(text: string): void;
  /** A remark on the standard error output. */
  note(text: string): void;
}

export type Line = readonly [name: string, value: string | number | boolean | null | undefined];

const EMPTY_BORDERS = Object.fromEntries(
  [
    ...['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right'],
    ...['left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid'],
  ].map((name) => [name, '']),
);
const PLAIN = {
  chars: { ...EMPTY_BORDERS, middle: '  ' },
  style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
};

export interface Streams {
  readonly out: Writable;
  readonly err: Writable;
}

export function createOutput({ out, err }: Streams, json: boolean): Output {
  // styleText leaves colours out for a stream that is no terminal, and obeys NO_COLOR and FORCE_COLOR
  const paint: Paint = (colour, text) => styleText(colour, text, { stream: out });
  const print = (text: string): void => void out.write(`${text}\n`);
  return {
    json,
    paint,
    async rows(rows, columns, empty) {
      if (json) {
        for await (const row of rows) print(JSON.stringify(row));
        return;
      }
      const table = new Table({ head: columns.map(([heading]) => paint('dim', heading)), ...PLAIN });
      for await (const row of rows) table.push(columns.map((column) => shown(column, row, paint)));
      if (table.length === 0) err.write(`${empty}\n`);
      else print(table.toString().replaceAll(/ +$/gm, ''));
    },
    object(value, lines) {
      if (json) print(JSON.stringify(value, undefined, 2));
      else if (lines) print(aligned(lines, paint));
    },
    line(value) {
      if (json) print(JSON.stringify(value));
    },
    text(text) {
      if (!json) print(text);
    },
    note: (text) => void err.write(`${text}\n`),
  };
}

function aligned(lines: readonly Line[], paint: Paint): string {
  const shown = lines.filter(([, value]) => value !== null && value !== undefined);
  const width = Math.max(...shown.map(([name]) => name.length));
  return shown.map(([name, value]) => `${paint('dim', name.padEnd(width))}  ${printable(String(value))}`).join('\n');
}

function shown<T>([, cell, colour]: Column<T>, row: T, paint: Paint): string {
  const text = printable(String(cell(row) ?? '')).replaceAll(/\s*\n\s*/g, ' ');
  const painted = colour?.(row);
  return painted ? paint(painted, text) : text;
}

/** Text from outside cannot move the cursor, colour the terminal or turn the direction of writing. */
export function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}]/gu, (character) => {
    if (character === '\n' || character === '\t') return character;
    return `\\u{${character.codePointAt(0)?.toString(16)}}`;
  });
}

const COLOURS: Readonly<Record<string, Colour>> = {
  succeeded: 'green',
  active: 'green',
  delivered: 'green',
  dead: 'red',
  permanent: 'red',
  disabled: 'red',
  failing: 'red',
  retrying: 'yellow',
  retryable: 'yellow',
  held: 'yellow',
  parked: 'yellow',
};

export function colourOf(state: string): Colour | undefined {
  return COLOURS[state];
}

/** Local time to the second; null stays null. */
export function localTime(instant: string): string;
export function localTime(instant: string | null): string | null;
export function localTime(instant: string | null): string | null {
  if (instant === null) return null;
  const at = new Date(instant);
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = [at.getFullYear(), at.getMonth() + 1, at.getDate()].map((part) => two(part)).join('-');
  return `${day} ${[at.getHours(), at.getMinutes(), at.getSeconds()].map(two).join(':')}`;
}
