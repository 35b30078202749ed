import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { createOutput, localTime, printable } from '../../../cli/output.ts';
import { rowsOf } from '../../../cli/pages.ts';

interface Row {
  readonly id: string;
  readonly reason: string | null;
}

async function printed(json: boolean, rows: readonly Row[]): Promise<readonly [out: string, err: string]> {
  const [out, err] = [new PassThrough(), new PassThrough()];
  const iterate = async function* () {
    yield* rows;
  };
  const output = createOutput({ out, err }, json);
  await output.rows(
    iterate(),
    [
      ['delivery', ({ id }: Row) => id],
      ['reason', ({ reason }: Row) => reason],
    ],
    'Nothing found.',
  );
  return [String(out.read() ?? ''), String(err.read() ?? '')];
}

test('rows are a table for people and a document a line for machines; nothing found is a remark', async () => {
  const rows = [
    { id: 'dlv_1', reason: null },
    { id: 'dlv_22', reason: 'no\nanswer' },
  ];
  expect(await printed(false, rows)).toEqual(['delivery  reason\ndlv_1\ndlv_22    no answer\n', '']);
  expect(await printed(true, rows)).toEqual([rows.map((row) => `${JSON.stringify(row)}\n`).join(''), '']);
  expect(await printed(false, [])).toEqual(['', 'Nothing found.\n']);
  expect(await printed(true, [])).toEqual(['', '']);
});

test('text from outside cannot command the terminal', () => {
  expect(printable('a\u001b[31mb\u0007\u202ec\nd\té')).toBe('a\\u{1b}[31mb\\u{7}\\u{202e}c\nd\té');
});

test('pages are read as far as rows are wanted', async () => {
  const asked: object[] = [];
  const page = async (query: { limit: number; cursor?: string }) => {
    asked.push(query);
    const start = Number(query.cursor ?? 0);
    const data = Array.from({ length: Math.min(query.limit, 250 - start) }, (_, index) => start + index);
    const end = start + data.length;
    return { data, nextCursor: end < 250 ? String(end) : null };
  };
  const count = async (extent: { limit: number; all?: true }) => (await Array.fromAsync(rowsOf(extent, page))).length;
  expect(await count({ limit: 20 })).toBe(20);
  expect(await count({ limit: 130 })).toBe(130);
  expect(await count({ limit: 20, all: true })).toBe(250);
  expect(asked).toEqual([
    { limit: 20 },
    { limit: 100 },
    { limit: 30, cursor: '100' },
    { limit: 100 },
    { limit: 100, cursor: '100' },
    { limit: 100, cursor: '200' },
  ]);
});

test('times are local', () => {
  const instant = new Date(2026, 4, 4, 9, 5, 7).toISOString();
  expect(localTime(instant)).toBe('2026-05-04 09:05:07');
  expect(localTime(null)).toBeNull();
});
