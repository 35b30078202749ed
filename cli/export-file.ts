import { createWriteStream, existsSync } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { CommandFailed, EXIT } from './exit.ts';

const CHUNK = 64 * 1024;
const NEWLINE = 0x0a;

export interface ExportFile {
  readonly out: Writable;
  /** The id of the last object that the file has whole. */
  readonly cursor: string | undefined;
}

/** A new file. @throws CommandFailed when there is one of this name */
export function createExportFile(path: string): ExportFile {
  if (existsSync(path))
    throw new CommandFailed(`${path} is there already: add --resume, or name another file.`, EXIT.usage);
  return { out: createWriteStream(path, { flags: 'wx' }), cursor: undefined };
}

/**
 * A file of NDJSON to go on with, cut after its last whole line; a new one where there is none.
 *
 * @throws CommandFailed when its last line is no object of a list
 */
export async function resumeExportFile(path: string): Promise<ExportFile> {
  if (!existsSync(path)) return createExportFile(path);
  const file = await open(path, 'r+');
  try {
    const { size } = await file.stat();
    const end = await beforeLast(file, size);
    const begin = end === 0 ? 0 : await beforeLast(file, end - 1);
    await file.truncate(end);
    const line = Buffer.alloc(end - begin);
    await file.read(line, 0, line.length, begin);
    return {
      out: createWriteStream(path, { flags: 'a' }),
      cursor: line.length === 0 ? undefined : idIn(path, line.toString()),
    };
  } finally {
    await file.close();
  }
}

/** The place after the last newline that ends before `size`; 0 when there is none. */
async function beforeLast(file: Awaited<ReturnType<typeof open>>, size: number): Promise<number> {
  const chunk = Buffer.alloc(CHUNK);
  for (let end = size; end > 0; ) {
    const begin = Math.max(0, end - CHUNK);
    const { bytesRead } = await file.read(chunk, 0, end - begin, begin);
    const at = chunk.subarray(0, bytesRead).lastIndexOf(NEWLINE);
    if (at >= 0) return begin + at + 1;
    end = begin;
  }
  return 0;
}

function idIn(path: string, line: string): string {
  try {
    const { id, deliveryId } = JSON.parse(line) as { readonly id?: unknown; readonly deliveryId?: unknown };
    const found = id ?? deliveryId;
    if (typeof found === 'string') return found;
  } catch {
    // said below
  }
  throw new CommandFailed(`${path} does not end with a line of an NDJSON export, so it cannot be resumed.`, EXIT.usage);
}
