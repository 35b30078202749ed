import type { Readable, Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import type { Request } from 'express';
import { isUnavailable } from '../domain/errors.ts';
import { HttpProblem } from './problem.ts';

const DECODERS: ReadonlyMap<string, () => Transform> = new Map<string, () => Transform>([
  ['gzip', createGunzip],
  ['deflate', createInflate],
  ['br', createBrotliDecompress],
]);

/** Counts bytes of a body as they are read. @throws HttpProblem or Overloaded to end the reading */
export type CountBytes = (bytes: number) => void;

/**
 * Reads a body and decompresses it, at most `limitBytes`. Its bytes are counted as they are when decompressed, since a small body
 * can become a large one.
 *
 * @throws HttpProblem 415 for an unknown encoding, 413 over the limit, 400 for a damaged or broken off body
 */
export async function readBytes(request: Request, limitBytes: number, count: CountBytes): Promise<Buffer> {
  const encoding = (request.headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  if (encoding === 'identity') return collect(request, limitBytes, count);
  const decoder = DECODERS.get(encoding)?.();
  if (!decoder) throw new HttpProblem('unsupported-media-type', 'The content encoding must be gzip, deflate, br or none.');
  const breakOff = (error: Error): void => void decoder.destroy(error);
  request.once('error', breakOff).pipe(decoder);
  try {
    return await collect(decoder, limitBytes, count);
  } finally {
    request.off('error', breakOff).unpipe(decoder);
    decoder.destroy();
  }
}

/** @throws HttpProblem 413 when the announced length exceeds the limit */
export function refuseAnnouncedLength({ headers }: Request, limitBytes: number): void {
  const isPlain = headers['content-encoding'] === undefined;
  if (isPlain && Number(headers['content-length'] ?? 0) > limitBytes) throw tooLarge(limitBytes);
}

async function collect(source: Readable, limitBytes: number, count: CountBytes): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    // the request must survive a refusal, to be answered
    for await (const chunk of source.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > limitBytes) throw tooLarge(limitBytes);
      count(chunk.length);
      chunks.push(chunk);
    }
  } catch (error) {
    throw error instanceof HttpProblem || isUnavailable(error) ? error : unreadable(error);
  }
  return Buffer.concat(chunks, size);
}

function tooLarge(limitBytes: number): HttpProblem {
  return new HttpProblem('too-large', `The body is larger than ${limitBytes} bytes.`);
}

function unreadable(error: unknown): HttpProblem {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ECONNRESET') return new HttpProblem('incomplete-body', 'The body ended before its announced length.');
  return new HttpProblem('unreadable-body', 'The body cannot be decompressed.');
}
