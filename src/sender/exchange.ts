import type { ClientRequest } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Request, Response } from 'got';
import type { BrokenOff, ReceivedResponse, SendFailure, SendOutcome } from '../domain/attempt.ts';
import { IncomingResponse } from './incoming-response.ts';
import { MAX_RECEIVED_BYTES, ReceivedBytes } from './received-bytes.ts';
import { progressOf, timingsOf } from './request-timings.ts';
import { failureOf, isConnectionEnd, type Progress } from './send-failure.ts';

/** How an exchange starts its request; a second time, on a new connection, when the first one was stale. */
export interface RequestStart {
  /** Whether an idle connection must not be reused. */
  readonly onNewConnection: boolean;
  /** Called when Node's request has been made, before it has a connection. */
  onRequest(request: ClientRequest): void;
}

export interface ExchangeLimits {
  /** Start of the send, from `performance.now()`. */
  readonly startedAt: number;
  /** Counted from `startedAt`. */
  readonly timeoutMs: number;
  readonly secure: boolean;
}

/** Informational responses (1xx) before the final one. */
const MAX_INFORMATIONAL = 10;
/** A reused connection that ends so soon after the request was stale: the receiver had closed it before. */
const STALE_WITHIN_MS = 2000;
const REPEATED = 'The reused connection was closed before a response; the request was sent again on a new one.';

/**
 * One request in flight, until its outcome is known.
 *
 * After the status line and headers, the outcome is a response. A body that then times out, is cut off or never ends is
 * stored as truncated; it is not a failure, because a retry would repeat a request that the receiver has accepted. A body
 * with malformed framing is a failure, with what was received: only an acceptance counts then (domain/verdict.ts).
 */
export class Exchange {
  readonly outcome: Promise<SendOutcome | BrokenOff>;
  readonly #start: (start: RequestStart) => Request;
  readonly #limits: ExchangeLimits;
  readonly #timer: NodeJS.Timeout;
  #resolve: (outcome: SendOutcome | BrokenOff) => void = () => {};
  #settled = false;
  #isRepeated = false;
  #stream: Request;
  #request: ClientRequest | undefined;
  #received: ReceivedBytes | undefined;
  #response: IncomingResponse | undefined;
  #informational = 0;

  constructor(start: (start: RequestStart) => Request, limits: ExchangeLimits) {
    this.#start = start;
    this.#limits = limits;
    this.outcome = new Promise((resolve) => {
      this.#resolve = resolve;
    });
    // After a blocked event loop, setImmediate lets a response that has already arrived be read before the timeout applies.
    this.#timer = setTimeout(() => setImmediate(() => this.#expire()), limits.timeoutMs);
    this.#stream = this.#open(false);
  }

  /** Ends the request because the process is shutting down. A response that has begun counts. */
  abort(): void {
    if (this.#settled) return;
    if (this.#response) this.#respond(false);
    else this.#settle({ kind: 'broken_off', ...this.#receivedPart(), ...this.#exchanged() });
    this.#stream.destroy();
  }

  #open(onNewConnection: boolean): Request {
    const onRequest = (request: ClientRequest) => {
      this.#request = request;
      this.#received?.end();
      this.#received = new ReceivedBytes(request, () => this.#endFlood());
      request.on('information', () => this.#countInformational());
    };
    const stream = this.#start({ onNewConnection, onRequest });
    stream.on('response', (response: Response) => this.#startResponse(response));
    stream.on('data', (chunk: Buffer) => this.#addChunk(chunk));
    stream.once('end', () => this.#endResponse());
    stream.once('upgrade', (_response: unknown, socket: Duplex) => this.#refuseUpgrade(socket));
    // Never removed: a destroyed request can still emit errors.
    stream.on('error', (error) => this.#handleError(error, stream));
    stream.once('close', () => this.#handleError(new Error('the connection closed before a response'), stream));
    return stream;
  }

  #startResponse(response: Response): void {
    this.#received?.releaseHead();
    const isWritten = this.#request?.writableFinished === true;
    this.#response = new IncomingResponse(response, isWritten, () => this.#stopReading());
  }

  #addChunk(chunk: Buffer): void {
    if (this.#response?.add(chunk)) this.#stopReading();
  }

  #stopReading(): void {
    if (this.#settled) return;
    this.#respond(false);
    this.#received?.stop();
    this.#stream.destroy();
  }

  #endResponse(): void {
    this.#respond(true);
    this.#received?.end();
    // A receiver may respond before it has read the request. The timer then still bounds writing the rest.
    if (this.#stream.writableFinished) clearTimeout(this.#timer);
    else this.#stream.once('finish', () => clearTimeout(this.#timer));
  }

  #countInformational(): void {
    this.#informational += 1;
    if (this.#informational > MAX_INFORMATIONAL) {
      this.#refuse(`more than ${MAX_INFORMATIONAL} informational responses (1xx)`);
    }
  }

  #endFlood(): void {
    if (this.#response) this.#stopReading();
    else this.#refuse(`more than ${MAX_RECEIVED_BYTES / 1024} KiB before the end of the headers`);
  }

  #refuse(detail: string): void {
    this.#fail('invalid_response', detail);
    this.#received?.stop();
    this.#stream.destroy();
  }

  #expire(): void {
    const { timeoutMs } = this.#limits;
    if (this.#response) this.#respond(false);
    else this.#fail('timeout', `no ${this.#progress().ready ? 'response' : 'connection'} within ${timeoutMs} ms`);
    this.#stream.destroy();
  }

  #refuseUpgrade(socket: Duplex): void {
    this.#fail('invalid_response', 'unexpected 101 Switching Protocols');
    socket.destroy();
    this.#stream.destroy();
  }

  #handleError(error: unknown, stream: Request): void {
    if (stream !== this.#stream) return; // it was replaced
    if (this.#isStale(error)) {
      this.#isRepeated = true;
      this.#stream = this.#open(true);
      return;
    }
    clearTimeout(this.#timer);
    if (this.#settled) return;
    const { failure, detail } = failureOf(error, this.#progress());
    const isFramingBroken = failure === 'invalid_response' && this.#response?.isComplete !== true;
    if (this.#response && !isFramingBroken) this.#respond(false);
    else this.#fail(failure, detail);
    this.#stream.destroy();
  }

  /** Whether the request can be repeated: the receiver cannot have read it from a connection it had closed. */
  #isStale(error: unknown): boolean {
    if (this.#settled || this.#isRepeated || !this.#request?.reusedSocket || !this.#received?.isEmpty) return false;
    const writtenAt = this.#stream.timings?.upload;
    return isConnectionEnd(error) && (writtenAt === undefined || Date.now() - writtenAt <= STALE_WITHIN_MS);
  }

  #respond(bodyEnded: boolean): void {
    if (this.#settled || !this.#response) return;
    this.#settle({ kind: 'response', ...this.#response.read(bodyEnded), ...this.#exchanged() });
  }

  #fail(failure: SendFailure, detail: string): void {
    if (this.#settled) return;
    this.#settle({ kind: 'failure', failure, detail, ...this.#receivedPart(), ...this.#exchanged() });
  }

  #receivedPart(): { readonly received?: ReceivedResponse } {
    if (this.#response) return this.#response.followsRequest ? { received: this.#response.read(false) } : {};
    const status = this.#received?.finalStatus();
    return status === undefined ? {} : { received: { status, headers: {}, body: { text: '', truncated: true } } };
  }

  #exchanged() {
    const compression = this.#response?.compression;
    const notes = [
      ...(this.#isRepeated ? [REPEATED] : []),
      ...(compression === undefined ? [] : [`The response body is compressed (${compression}); it is not stored.`]),
    ];
    return {
      remoteAddress: this.#stream.ip,
      timings: timingsOf(this.#stream, this.#limits.startedAt),
      ...(notes.length > 0 && { notes }),
    };
  }

  #settle(outcome: SendOutcome | BrokenOff): void {
    this.#settled = true;
    this.#resolve(outcome);
  }

  #progress(): Progress {
    return progressOf(this.#stream, this.#limits.secure);
  }
}
