import type { ResponseBody } from '../domain/attempt.ts';

/** Of a response body this much is kept, and not more than this is read. */
export const MAX_KEPT_BODY_BYTES = 16 * 1024;
export const MAX_READ_BODY_BYTES = 64 * 1024;

/** Takes a body chunk by chunk and keeps its beginning. */
export class BodyExcerpt {
  readonly #chunks: Buffer[] = [];
  readonly #announcedBytes: number;
  #keptBytes = 0;
  #readBytes = 0;

  /** @param announcedBytes the response's `content-length`; 0 when it does not say */
  constructor(announcedBytes: number) {
    this.#announcedBytes = announcedBytes;
  }

  add(chunk: Buffer): void {
    this.#readBytes += chunk.length;
    const room = MAX_KEPT_BODY_BYTES - this.#keptBytes;
    if (room <= 0) return;
    const kept = chunk.length > room ? chunk.subarray(0, room) : chunk;
    this.#chunks.push(kept);
    this.#keptBytes += kept.length;
  }

  /**
   * True when reading on is not worth it. What is over soon is read to its end, so that the connection can be used again;
   * what is announced as longer than that is dropped once the beginning is there.
   */
  get isEnough(): boolean {
    if (this.#readBytes >= MAX_READ_BODY_BYTES) return true;
    return this.#announcedBytes > MAX_READ_BODY_BYTES && this.#keptBytes === MAX_KEPT_BODY_BYTES;
  }

  /**
   * The kept part as text: UTF-8, wrong bytes replaced, a character cut in two left out, NUL dropped (Postgres has no place
   * for it).
   *
   * @param ended whether the body was read to its end
   */
  text(ended: boolean): ResponseBody {
    const truncated = !ended || this.#readBytes > this.#keptBytes;
    if (this.#keptBytes === 0) return { text: '', truncated };
    const [first] = this.#chunks;
    const bytes = this.#chunks.length === 1 && first ? first : Buffer.concat(this.#chunks, this.#keptBytes);
    // A stream decoder holds back a character that is not complete yet.
    const text = truncated
      ? new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes, { stream: true })
      : bytes.toString();
    return { text: text.replaceAll('\0', ''), truncated };
  }
}
