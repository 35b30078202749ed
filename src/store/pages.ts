import { invalid } from '../domain/errors.ts';
import { mapYielding } from '../domain/yielding.ts';
import type { Page, PageQuery } from '../ports/page.ts';
import { Prisma } from './generated/client.ts';

const UUID_BYTES = 16;
const ID = /^[a-z]{3}_([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

/**
 * Decodes a cursor: the UUID after which the page begins, undefined for the first page. Lists are ordered by id descending,
 * newest first. An id of a list's object is a cursor too, so that what has come of an export can be gone on with.
 *
 * @throws Problem `invalid` at `/cursor` when `toPage` did not create the cursor
 */
function cursorUuid(page: PageQuery): string | undefined {
  if (page.cursor === undefined) return undefined;
  const id = ID.exec(page.cursor);
  if (id) return id[1];
  const bytes = Buffer.from(page.cursor, 'base64url');
  if (bytes.length !== UUID_BYTES || bytes.toString('base64url') !== page.cursor) {
    throw invalid([
      { pointer: '/cursor', detail: 'must be the nextCursor from an earlier page, or the id of the last object of one' },
    ]);
  }
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** Arguments of `findMany` for one page of a Prisma model. The extra row shows whether another page follows. */
export function pageOfModel(page: PageQuery) {
  const before = cursorUuid(page);
  return {
    where: before === undefined ? {} : { id: { lt: before } },
    orderBy: { id: 'desc' as const },
    take: page.limit + 1,
  };
}

/** The SQL condition for the rows after the cursor. @throws Problem as `cursorUuid` */
export function idsBefore(page: PageQuery): Prisma.Sql {
  const before = cursorUuid(page);
  return before === undefined ? Prisma.sql`true` : Prisma.sql`id < ${before}::uuid`;
}

/** Builds a page from up to `limit + 1` rows. */
export function toPage<Row extends { readonly id: string }, T>(
  rows: readonly Row[],
  page: PageQuery,
  read: (row: Row) => T,
): Page<T> {
  const shown = rows.slice(0, page.limit);
  const last = rows.length > page.limit ? shown.at(-1) : undefined;
  return {
    data: shown.map(read),
    nextCursor: last && Buffer.from(last.id.replaceAll('-', ''), 'hex').toString('base64url'),
  };
}

/** The same for rows that are expensive to read: other work is done in between. */
export async function toPageYielding<Row extends { readonly id: string }, T>(
  rows: readonly Row[],
  page: PageQuery,
  read: (row: Row) => T,
): Promise<Page<T>> {
  const { data, nextCursor } = toPage(rows, page, (row) => row);
  return { data: await mapYielding(data, read), nextCursor };
}

/** Sorts before every id: the start of a scan in ascending order. */
export const LOWEST_UUID = '00000000-0000-0000-0000-000000000000';
