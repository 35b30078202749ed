import { createHash } from 'node:crypto';
import type { Response } from 'express';
import type { HeldKey, IdempotencyStore } from '../ports/idempotency.ts';
import type { Log } from '../ports/process.ts';
import { HttpProblem } from './problem.ts';

/** A response before it is written. */
export interface Reply {
  readonly status: number;
  /** JSON text; empty when there is no body. */
  readonly body: string;
  /** A long body, in pieces that are written one by one; `body` is empty then. */
  readonly pieces?: readonly Buffer[];
  /** Writes the response instead, over time. */
  readonly begin?: (response: Response) => void;
  /** The body that is stored under an Idempotency-Key, where it differs: secrets are not repeated. */
  readonly storedBody?: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Default: JSON, and RFC 9457's for problems. */
  readonly contentType?: string;
  /** The code of the problem, for the log. */
  readonly problem?: string;
}

export interface OnceDeps {
  readonly idempotency: IdempotencyStore;
  readonly log: Log;
}

const MAX_KEY_LENGTH = 255;
const RETRY_AFTER_S = '1';
const PRECONDITION_FAILED = 412;

/**
 * Reads an `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header: a string in quotes; accepted without them too).
 *
 * @throws HttpProblem 400 when it is empty, too long or not printable
 */
export function idempotencyKey(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  const quoted = /^"((?:[^"\\]|\\["\\])*)"$/.exec(header.trim());
  const key = quoted?.[1]?.replaceAll(/\\(.)/g, '$1') ?? header.trim();
  if (key.length > 0 && key.length <= MAX_KEY_LENGTH && /^[\x20-\x7e]+$/.test(key)) return key;
  const detail = `Idempotency-Key must be 1 to ${MAX_KEY_LENGTH} printable ASCII characters.`;
  throw new HttpProblem('invalid-idempotency-key', detail);
}

/** The hash by which two requests are the same: query and body, byte for byte. */
export function requestHash(query: string, body: Buffer | undefined): Buffer {
  return createHash('sha256')
    .update(query)
    .update('\n')
    .update(body ?? '')
    .digest();
}

/**
 * Runs `answer` once for a key. The same request again gets the stored response; those of 412, and of 500 and above, are not stored.
 *
 * @throws HttpProblem 409 while the first request is in progress, 422 when the key came with another request
 */
export async function once(
  deps: OnceDeps,
  scope: string,
  key: string,
  hash: Buffer,
  answer: () => Promise<Reply>,
): Promise<Reply> {
  const begun = await deps.idempotency.begin(scope, key, hash);
  if (begun.kind === 'stored') return replayed(begun.requestHash, hash, begun.answer);
  let reply: Reply | undefined;
  try {
    reply = await answer();
    return reply;
  } finally {
    await keep(deps, begun.held, reply);
  }
}

function replayed(storedHash: Uint8Array, hash: Buffer, answer: { status: number; body: string } | undefined): Reply {
  if (Buffer.compare(storedHash, hash) !== 0) {
    throw new HttpProblem('idempotency-key-reused', 'This Idempotency-Key was used before with another request.');
  }
  if (!answer) {
    const detail = 'The first request with this Idempotency-Key is still in progress.';
    throw new HttpProblem('request-under-way', detail, { 'retry-after': RETRY_AFTER_S });
  }
  return { ...answer, headers: { 'idempotency-replayed': 'true' } };
}

/** A failure may not occur again, nor may a mismatch of versions: the same request may be right later. */
function isKept(status: number): boolean {
  return status < 500 && status !== PRECONDITION_FAILED;
}

/** Never throws: the request has taken effect, and its response must reach the caller. */
async function keep({ idempotency, log }: OnceDeps, held: HeldKey, reply: Reply | undefined): Promise<void> {
  const { scope } = held;
  try {
    if (!reply || !isKept(reply.status)) return await idempotency.abandon(held);
    const answer = { status: reply.status, body: reply.storedBody ?? reply.body };
    if (await idempotency.complete(held, answer)) return;
    log.warn({ scope }, 'a response came so late that another request had taken its Idempotency-Key over');
  } catch (error) {
    log.warn({ err: error, scope }, 'a response could not be stored under its Idempotency-Key');
  }
}
