import { setImmediate } from 'node:timers/promises';
import express, { type Request, type Response } from 'express';
import type { FieldError } from '../domain/json.ts';
import { findLossy } from '../domain/lossy-json.ts';
import type { BodyRoom } from './body-room.ts';
import { HttpProblem } from './problem.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Reads the JSON body of a request; undefined when the request has none. */
export type BodyReader = (request: Request, response: Response) => Promise<JsonBody | undefined>;

export interface JsonBody {
  readonly bytes: Buffer;
  readonly value: unknown;
  /** What the value has lost of the text: repeated names and numbers that a double cannot carry. */
  readonly lossy: readonly FieldError[];
}

/**
 * Makes a reader that accepts at most `limitBytes` (after decompression).
 *
 * @throws Overloaded while other requests have too much in memory; HttpProblem 415 for a body that is not JSON in UTF-8, 413 over the limit, 400 for invalid JSON
 */
export function jsonReader(limitBytes: number, room: BodyRoom): BodyReader {
  const readRaw = express.raw({ type: () => true, limit: limitBytes });
  return async (request, response) => {
    if (!hasBody(request)) return undefined;
    refuseOtherTypes(request);
    room.enter(request, response);
    await new Promise<void>((resolve, reject) => {
      readRaw(request, response, (error?: unknown) => (error ? reject(readProblem(error, limitBytes)) : resolve()));
    });
    const bytes: unknown = request.body;
    if (!Buffer.isBuffer(bytes) || bytes.length === 0) return undefined;
    const text = decode(bytes);
    return { bytes, value: parse(text), lossy: await lossyMembers(text) };
  };
}

function hasBody(request: Request): boolean {
  return request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) > 0;
}

function refuseOtherTypes(request: Request): void {
  const [type = '', ...parameters] = (request.headers['content-type'] ?? '').toLowerCase().split(';');
  const charset = parameters.map((parameter) => parameter.trim()).find((parameter) => parameter.startsWith('charset='));
  const isUtf8 = charset === undefined || /^charset="?utf-?8"?$/.test(charset);
  if (type.trim() === 'application/json' && isUtf8) return;
  throw new HttpProblem('unsupported-media-type', 'The body must be sent as application/json, in UTF-8.', {
    accept: 'application/json',
  });
}

/** body-parser's errors carry a stable `type`. */
function readProblem(error: unknown, limitBytes: number): unknown {
  const type = typeof error === 'object' && error !== null && 'type' in error ? error.type : undefined;
  switch (type) {
    case 'entity.too.large':
      return new HttpProblem('too-large', `The body is larger than ${limitBytes} bytes.`, { connection: 'close' });
    case 'encoding.unsupported':
      return new HttpProblem('unsupported-media-type', 'The content encoding must be gzip, deflate, br or none.');
    case 'request.aborted':
    case 'request.size.invalid':
      return new HttpProblem('incomplete-body', 'The body ended before its announced length.');
    default:
      // the error for a damaged compressed body has a status, but no type
      return isClientError(error) ? new HttpProblem('unreadable-body', 'The body cannot be read.') : error;
  }
}

function isClientError(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'status' in error && error.status === 400;
}

function decode(bytes: Buffer): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw invalidJson('it is not UTF-8');
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw invalidJson(error instanceof SyntaxError ? error.message : String(error));
  }
}

function invalidJson(reason: string): HttpProblem {
  return new HttpProblem('invalid-json', `The body is not valid JSON: ${reason}.`);
}

/** Reads a long text in steps, between which other requests are served. */
async function lossyMembers(text: string): Promise<readonly FieldError[]> {
  const search = findLossy(text);
  for (;;) {
    const step = search.next();
    if (step.done) return step.value;
    await setImmediate();
  }
}
