import type { ResponseBody } from '../domain/attempt.ts';

/** How much of a response body is stored. */
export const MAX_STORED_BODY_BYTES = 16 * 1024;
/** How much of a response body is read. */
export const MAX_READ_BODY_BYTES = 64 * 1024;
/** RFC 1952, 2.3.1 */
const GZIP_MAGIC = Buffer.from([0x1f, 0x8b]);

/** Collects the beginning of a response body from its chunks. */
export class BodyExcerpt {
  readonly #chunks: Buffer[] = [];
  readonly #announcedBytes: number;
  readonly #encoding: string;
  #storedBytes = 0;
  #readBytes = 0;

  /**
   * @param announcedBytes the response's `content-length`; 0 when it has none
   * @param encoding its `content-encoding`
   */
  constructor(announcedBytes: number, encoding = '') {
    this.#announcedBytes = announcedBytes;
    this.#encoding = encoding.trim().toLowerCase();
  }

  add(chunk: Buffer): void {
    this.#readBytes += chunk.length;
    const remaining = MAX_STORED_BODY_BYTES - this.#storedBytes;
    if (remaining <= 0) return;
    const stored = chunk.length > remaining ? chunk.subarray(0, remaining) : chunk;
    this.#chunks.push(stored);
    this.#storedBytes += stored.length;
  }

  /**
   * True when reading should stop. A body within the read limit is read to its end, so that the connection can be reused. A
   * body announced as longer would not be read to its end, so it is dropped as soon as the stored part is complete.
   */
  get isSufficient(): boolean {
    if (this.#readBytes >= MAX_READ_BODY_BYTES) return true;
    return this.#announcedBytes > MAX_READ_BODY_BYTES && this.#storedBytes === MAX_STORED_BODY_BYTES;
  }

  /** How the body is compressed, which no request asks for; undefined for a plain or empty body. */
  get compression(): string | undefined {
    if (this.#storedBytes === 0) return undefined;
    if (this.#encoding !== '' && this.#encoding !== 'identity') return this.#encoding;
    return this.#chunks[0]?.subarray(0, GZIP_MAGIC.length).equals(GZIP_MAGIC) ? 'gzip' : undefined;
  }

  /**
   * Decodes the stored part as UTF-8. Invalid bytes are replaced, a character cut by the limit is left out, and NUL is
   * removed because Postgres cannot store it in text. Compressed bytes are no text: the result is empty and truncated.
   *
   * @param ended whether the body was read to its end
   */
  text(ended: boolean): ResponseBody {
    const truncated = !ended || this.#readBytes > this.#storedBytes;
    if (this.#storedBytes === 0) return { text: '', truncated };
    if (this.compression !== undefined) return { text: '', truncated: true };
    const [first] = this.#chunks;
    const bytes = this.#chunks.length === 1 && first ? first : Buffer.concat(this.#chunks, this.#storedBytes);
    // A streaming decoder withholds an incomplete trailing character.
    const text = truncated
      ? new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes, { stream: true })
      : bytes.toString();
    return { text: text.replaceAll('\0', ''), truncated };
  }
}
