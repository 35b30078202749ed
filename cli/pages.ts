import { Option } from '@commander-js/extra-typings';
import { InvalidArgumentError } from 'commander';

const PAGE = 100;

/** The query of one page. */
export interface PageOf {
  readonly limit: number;
  readonly cursor?: string;
}

interface Page<T> {
  readonly data: readonly T[];
  readonly nextCursor: string | null;
}

/** `--limit`: how many rows; `--all`: every one. */
export const limitOption = new Option('-n, --limit <number>', 'the most rows').argParser(wholeNumber).default(20);
/** `--name`: of what has a name. */
export const nameOption = new Option('--name <beginning>', 'only those whose name begins so, in any case');
export const allOption = new Option('--all', 'every row, page by page');

export interface Extent {
  readonly limit: number;
  readonly all?: true | undefined;
}

/** Reads page after page, as far as rows are wanted. */
export async function* rowsOf<T>({ limit, all }: Extent, page: (query: PageOf) => Promise<Page<T>>): AsyncGenerator<T> {
  let left = all ? Number.POSITIVE_INFINITY : limit;
  let cursor: string | null = null;
  do {
    const { data, nextCursor }: Page<T> = await page({ limit: Math.min(left, PAGE), ...(cursor && { cursor }) });
    yield* data;
    left -= data.length;
    cursor = nextCursor;
  } while (cursor !== null && left > 0);
}

export function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('It must be a whole number of 1 or more.');
  return Number(text);
}

/** Rows that came in one answer. */
export async function* each<T>(rows: readonly T[]): AsyncGenerator<T> {
  yield* rows;
}
