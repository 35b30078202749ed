import type { Response } from 'got';
import type { ReceivedResponse } from '../domain/attempt.ts';
import { responseHeaders } from './headers.ts';
import { BodyExcerpt } from './response-body.ts';

/** Pieces in which a chunked body arrives. */
const MAX_BODY_PIECES = 1024;

/** A response from its head on, while its body arrives. */
export class IncomingResponse {
  /** Whether the whole request had been written when the response began. */
  readonly followsRequest: boolean;
  readonly #response: Response;
  readonly #body: BodyExcerpt;

  /** @param onTooManyPieces called when the body arrives in more pieces than are read */
  constructor(response: Response, followsRequest: boolean, onTooManyPieces: () => void) {
    this.followsRequest = followsRequest;
    this.#response = response;
    const { 'content-length': length, 'content-encoding': encoding } = response.headers;
    this.#body = new BodyExcerpt(Number(length) || 0, encoding);
    countPieces(response, onTooManyPieces);
  }

  /** Whether the parser has seen its end. */
  get isComplete(): boolean {
    return this.#response.complete;
  }

  /** How the body is compressed; undefined for a plain or empty body. */
  get compression(): string | undefined {
    return this.#body.compression;
  }

  /** @returns whether reading should stop */
  add(chunk: Buffer): boolean {
    this.#body.add(chunk);
    return this.#body.isSufficient;
  }

  /** What is stored of it. @param bodyEnded whether the body was read to its end */
  read(bodyEnded: boolean): ReceivedResponse {
    const unread: unknown = bodyEnded ? null : this.#response.read();
    if (Buffer.isBuffer(unread)) this.#body.add(unread);
    const { statusCode, headers } = this.#response;
    return { status: statusCode, headers: responseHeaders(headers), body: this.#body.text(bodyEnded) };
  }
}

/**
 * Counts the pieces of a chunked body where the parser pushes them. It pushes thousands in one go, and an event comes only
 * after all of them.
 */
function countPieces(response: Response, onTooMany: () => void): void {
  const push = response.push.bind(response);
  let pieces = 0;
  response.push = (piece: unknown, encoding?: BufferEncoding) => {
    pieces += 1;
    if (pieces > MAX_BODY_PIECES) onTooMany();
    return push(piece, encoding);
  };
}
