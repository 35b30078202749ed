import type { ServerResponse } from 'node:http';

/** More than a minute of messages: a client that is so far behind does not read. */
const MAX_BUFFERED_BYTES = 256 * 1024;
const PROBE_MS = 30_000;

/** Writes server-sent events (WHATWG HTML, 9.2) to a response. */
export class EventWriter {
  readonly #response: ServerResponse;
  readonly #maxBufferedBytes: number;

  constructor(response: ServerResponse, maxBufferedBytes = MAX_BUFFERED_BYTES) {
    this.#response = response;
    this.#maxBufferedBytes = maxBufferedBytes;
  }

  get isOpen(): boolean {
    return !this.#response.writableEnded && !this.#response.destroyed;
  }

  begin(): void {
    this.#response.socket?.setKeepAlive(true, PROBE_MS); // a client that is gone without a word
    this.#response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store, no-transform', // proxies must not compress it: they would wait for more
      'x-accel-buffering': 'no',
    });
    this.#response.flushHeaders();
  }

  onClose(listener: () => void): void {
    this.#response.once('close', listener);
  }

  /** Ends the connection of a client that does not read, so that nothing is buffered for it. */
  send(event: string, data: object, id?: string): void {
    if (!this.isOpen) return;
    const idLine = id === undefined ? '' : `id: ${id}\n`;
    this.#response.write(`event: ${event}\n${idLine}data: ${JSON.stringify(data)}\n\n`);
    if (this.#response.writableLength > this.#maxBufferedBytes) this.#response.destroy();
  }

  end(): void {
    if (this.isOpen) this.#response.end();
  }
}
