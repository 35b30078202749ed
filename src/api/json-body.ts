import type { Request, Response } from 'express';
import type { FieldError } from '../domain/json.ts';
import { hasTooManyValues, isSmallJson, MAX_JSON_VALUES } from '../domain/json-size.ts';
import { findLossy } from '../domain/lossy-json.ts';
import { runYielding, yieldToOthers } from '../domain/yielding.ts';
import type { Admission } from './key-limits.ts';
import { HttpProblem } from './problem.ts';
import { readBytes, refuseAnnouncedLength } from './request-body.ts';
import { hasBody, isWaiting, letSend } from './unread-body.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Reads the JSON body of a request; undefined when the request has none. */
export type BodyReader = (request: Request, response: Response, admission: Admission) => Promise<JsonBody | undefined>;

export interface JsonBody {
  readonly bytes: Buffer;
  readonly value: unknown;
  /** What the value has lost of the text: repeated names and numbers that a double cannot carry. */
  readonly lossy: readonly FieldError[];
}

/**
 * Makes a reader that accepts at most `limitBytes` (after decompression).
 *
 * @throws Overloaded while other requests have too much in memory; HttpProblem 415 for a body that is not JSON in UTF-8, 413 over the
 * limit, 429 over the key's limits, 400 for invalid JSON
 */
export function jsonReader(limitBytes: number): BodyReader {
  return async (request, response, admission) => {
    if (!hasBody(request)) return undefined;
    refuseOtherTypes(request);
    refuseAnnouncedLength(request, limitBytes);
    if (isWaiting(request)) letSend(request, response);
    const bytes = await readBytes(request, limitBytes, admission.takeBytes);
    if (bytes.length === 0) return undefined;
    const text = decode(bytes);
    if (!isSmallJson(text) && (await runYielding(hasTooManyValues(text)))) throw tooManyValues();
    const value = parse(text);
    await yieldToOthers(); // parsing may have taken long
    return { bytes, value, lossy: await runYielding(findLossy(text)) };
  };
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

function tooManyValues(): HttpProblem {
  const detail = `The body has more than ${MAX_JSON_VALUES.toLocaleString('en')} members and elements; send it in parts.`;
  return new HttpProblem('too-large', detail);
}
