import type { ClientRequest } from 'node:http';
import type { Socket } from 'node:net';
import { type FinalStatus, finalStatusIn } from './status-line.ts';

/** How much is read of what a receiver sends to one request: heads, bodies, framing and all. */
export const MAX_RECEIVED_BYTES = 192 * 1024;

/**
 * Sees what arrives for one request before Node's parser does. The parser reports a malformed head without the status line
 * that came before the fault; that line decides whether the receiver has accepted the message.
 *
 * Invariant: bytes are retained only until the parser has reported a response.
 */
export class ReceivedBytes {
  readonly #request: ClientRequest;
  readonly #onFlood: () => void;
  #socket: Socket | undefined;
  #hasResponse = false;
  #head: Buffer[] = [];
  #latest: Buffer | undefined;
  #count = 0;
  /** How many bytes arrived before the whole request had been written. */
  #earlyCount = 0;

  /** @param onFlood called once, when more has arrived than is read */
  constructor(request: ClientRequest, onFlood: () => void) {
    this.#request = request;
    this.#onFlood = onFlood;
    request.once('socket', (socket) => {
      this.#socket = socket;
      socket.prependListener('data', this.#add);
    });
  }

  get isEmpty(): boolean {
    return this.#count === 0;
  }

  /** To be called when the parser has reported the response: its head is not needed any more. */
  releaseHead(): void {
    this.#hasResponse = true;
    this.#head = [];
  }

  /** The final status line, when it is complete and arrived after the whole request had been written. */
  finalStatus(): FinalStatus['status'] | undefined {
    const found = finalStatusIn(Buffer.concat(this.#head));
    return found && found.offset >= this.#earlyCount ? found.status : undefined;
  }

  /**
   * Ends reading at once. The parser works through a chunk of up to 64 KiB without a pause, whatever becomes of the
   * connection; it reads this memory, and NUL is a syntax error at the start of a response.
   */
  stop(): void {
    this.#latest?.fill(0);
    this.end();
  }

  /** Nothing more is looked at; the connection may serve another request. */
  end(): void {
    this.#socket?.removeListener('data', this.#add);
    this.#socket = undefined;
    this.#latest = undefined;
    this.#head = [];
  }

  readonly #add = (chunk: Buffer): void => {
    this.#count += chunk.length;
    this.#latest = chunk;
    if (!this.#hasResponse) this.#head.push(chunk);
    if (!this.#request.writableFinished) this.#earlyCount = this.#count;
    if (this.#count > MAX_RECEIVED_BYTES) this.#onFlood();
  };
}
