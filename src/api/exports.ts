import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { stringify } from 'csv-stringify/sync';
import type { Response } from 'express';
import { z } from 'zod';
import { mapYielding } from '../domain/yielding.ts';
import type { OperationId } from './permissions.ts';
import { type Context, type Route, StreamAnswer } from './route.ts';
import { requestIdOf } from './serve.ts';

// Every list can be exported: all of what it finds, from where a cursor names, written as fast as the client reads. An export is the list
// read page by page, so it has the list's filters, permissions and objects.

const FORMATS = ['ndjson', 'csv'] as const;
type Format = (typeof FORMATS)[number];

const CONTENT_TYPES: Readonly<Record<Format, string>> = {
  ndjson: 'application/x-ndjson; charset=utf-8',
  csv: 'text/csv; charset=utf-8; header=present',
};

/** As the longest page of the list, whose cost is bounded (bench, part `requests`). */
const PAGE_LIMIT = 100;

const formatShape = {
  format: z
    .enum(FORMATS)
    .default('ndjson')
    .meta({
      description: '`ndjson`: the objects of the list, one a line; `csv`: their members as columns, nested ones as JSON.',
      examples: ['csv'],
    }),
};

const DESCRIPTION =
  'The response ends when everything was written; one that is broken off (no last chunk) is resumed with the id of the last object as `cursor`. Objects are those of the list, newest first, without what was made since the export began. In CSV, text that a spreadsheet would take for a formula begins with an apostrophe.';

interface ShownPage {
  readonly data: readonly Readonly<Record<string, unknown>>[];
  readonly nextCursor: string | null;
}

/** The routes that export what lists show, by their operations: `listDeliveries` becomes `exportDeliveries`. */
export function exportsOf(routes: readonly Route[]): readonly Route[] {
  return routes.flatMap((list) => {
    const columns = columnsOf(list.answer);
    return columns && list.query.shape.cursor ? [exportOf(list, columns)] : [];
  });
}

function exportOf(list: Route, columns: readonly string[]): Route {
  const { limit: _limit, include: _include, ...shape } = list.query.shape;
  const { answer: _answer, description: _description, other: _other, ...rest } = list;
  return {
    ...rest,
    path: `${list.path}/export`,
    operationId: list.operationId.replace(/^list/, 'export') as OperationId,
    summary: `Export: ${list.summary.charAt(0).toLowerCase()}${list.summary.slice(1)}`,
    description: DESCRIPTION,
    raw: { description: 'The objects, in the format that was asked for.', example: '{"id":"…"}\n' },
    query: z.strictObject({ ...shape, ...formatShape }),
    async handle(context, call) {
      const { format, ...query } = call.query as { readonly format: Format };
      const read = async (cursor: string | null): Promise<ShownPage> => {
        const paged = { ...query, limit: PAGE_LIMIT, ...(cursor === null ? {} : { cursor }) };
        return (await list.handle(context, { ...call, query: paged })) as ShownPage;
      };
      // what is wrong with the request is found by its first page, before anything is written
      const first = await read(null);
      const name = `${list.path
        .split('/')
        .filter((part) => !part.startsWith('{'))
        .at(-1)}.${format}`;
      return new StreamAnswer((response) => void send(context, response, { format, columns, name, first, read }));
    },
  };
}

interface Export {
  readonly format: Format;
  readonly columns: readonly string[];
  readonly name: string;
  readonly first: ShownPage;
  readonly read: (cursor: string) => Promise<ShownPage>;
}

/** Writes it all. A failure on the way breaks the connection off, so that what has come does not look whole. */
async function send({ log }: Context, response: Response, wanted: Export): Promise<void> {
  response.status(200).set({
    'content-type': CONTENT_TYPES[wanted.format],
    'content-disposition': `attachment; filename="${wanted.name}"`,
  });
  try {
    await pipeline(Readable.from(lines(wanted), { objectMode: false }), response);
  } catch (error) {
    const isGone = error instanceof Error && 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE';
    if (!isGone) log.error({ err: error, requestId: requestIdOf(response) }, 'an export was broken off');
  }
}

async function* lines({ format, columns, first, read }: Export): AsyncGenerator<Buffer> {
  if (format === 'csv') yield Buffer.from(stringify([columns]));
  const line =
    format === 'csv' ? (object: object) => csvLine(object, columns) : (object: object) => `${JSON.stringify(object)}\n`;
  let page = first;
  for (;;) {
    const written = await mapYielding(page.data, (object) => Buffer.from(line(object)));
    if (written.length > 0) yield Buffer.concat(written);
    if (page.nextCursor === null) return;
    page = await read(page.nextCursor);
  }
}

function csvLine(object: object, columns: readonly string[]): string {
  const members: Readonly<Record<string, unknown>> = { ...object };
  const cells = columns.map((column) => {
    const value = members[column];
    return typeof value === 'object' && value !== null ? JSON.stringify(value) : value;
  });
  return stringify([cells], { escape_formulas: true, cast: { boolean: String } });
}

/** The members of a list's objects, their ids first; undefined for what is no list. */
function columnsOf(answer: z.ZodType | undefined): readonly string[] | undefined {
  const data = answer instanceof z.ZodObject ? answer.shape.data : undefined;
  if (!(data instanceof z.ZodArray)) return undefined;
  const names = new Set(membersOf(data.element as z.ZodType));
  const ids = ['id', 'deliveryId'].filter((name) => names.has(name));
  return [...new Set([...ids, ...names])];
}

function membersOf(schema: z.ZodType): readonly string[] {
  if (schema instanceof z.ZodObject) return Object.keys(schema.shape);
  if (schema instanceof z.ZodUnion) return schema.options.flatMap((option) => membersOf(option as z.ZodType));
  return [];
}
