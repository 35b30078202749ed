import { Readable, Transform, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { Argument, Option } from '@commander-js/extra-typings';
import type { Client } from '../../client/index.ts';
import { apiCommand, type CommandContext, contextOf } from '../command.ts';
import { CommandFailed, EXIT } from '../exit.ts';
import { createExportFile, resumeExportFile } from '../export-file.ts';
import { several } from '../input.ts';
import { dataOf } from '../session.ts';

const LISTS = [
  'deliveries',
  'dead-letters',
  'events',
  'replays',
  'erasures',
  'endpoints',
  'subscriptions',
  'integrations',
  'templates',
  'tenants',
  'api-keys',
  'audit',
] as const;
type List = (typeof LISTS)[number];
const FORMATS = ['ndjson', 'csv'] as const;

/** How often the progress is said, in lines. */
const SAID_EVERY = 10_000;

export const exporting = apiCommand('export', 'write all that a list finds, newest first, to a file or the standard output')
  .addArgument(new Argument('<list>').choices(LISTS))
  .addOption(new Option('--format <format>', 'ndjson: the objects, one a line').choices(FORMATS).default('ndjson' as const))
  .option('--filter <name=value>', 'a filter of the list, as the API names it: state=dead; may be repeated', several)
  .option('--output <file>', 'the file to write; default: the standard output')
  .option('--resume', 'go on with the file after the last object that it has whole')
  .action(async (list, { format, filter = [], output: path, resume, ...options }) => {
    if (resume && (path === undefined || format !== 'ndjson')) {
      throw new CommandFailed('--resume goes on with a file of NDJSON: name it with --output.', EXIT.usage);
    }
    const context = contextOf(options);
    const file = path === undefined ? undefined : await (resume ? resumeExportFile(path) : createExportFile(path));
    const query = { ...filtersOf(filter), format, ...(file?.cursor !== undefined && { cursor: file.cursor }) };
    const body = await read(context, list, query);
    const lines = await write(context, body, file?.out ?? process.stdout);
    if (path !== undefined) context.output.note(`${lines} lines written to ${path}`);
  });

function filtersOf(given: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    given.map((pair) => {
      const at = pair.indexOf('=');
      if (at < 1) throw new CommandFailed(`--filter takes name=value, as state=dead; this is none: ${pair}`, EXIT.usage);
      return [pair.slice(0, at), pair.slice(at + 1)];
    }),
  );
}

async function read({ client, scope }: CommandContext, list: List, query: object): Promise<ReadableStream<Uint8Array>> {
  // the lists have different filters; the API checks them, and names those there are
  const get = client.GET as (path: string, init: object) => ReturnType<Client['GET']>;
  const params = { query: { ...scope, ...query } };
  const body = (await dataOf(get(`/v1/${list}/export`, { params, parseAs: 'stream' }))) as
    | ReadableStream<Uint8Array>
    | undefined;
  if (!body) throw new CommandFailed('The API answered without a stream.', EXIT.unavailable);
  return body;
}

/** @throws CommandFailed when the export is broken off */
async function write({ output }: CommandContext, body: ReadableStream<Uint8Array>, out: Writable): Promise<number> {
  let lines = 0;
  let saidAt = 0;
  const counting = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      for (const byte of chunk) if (byte === 0x0a) lines += 1;
      if (out !== process.stdout && lines - saidAt >= SAID_EVERY) {
        saidAt = lines;
        output.note(`${lines} lines`);
      }
      done(null, chunk);
    },
  });
  try {
    await pipeline(Readable.fromWeb(body), counting, out, { end: out !== process.stdout });
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
    throw new CommandFailed(
      `The export was broken off after ${lines} lines (${cause}): --resume goes on.`,
      EXIT.unavailable,
    );
  }
  return lines;
}
