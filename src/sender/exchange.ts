import { performance } from 'node:perf_hooks';
import type { Duplex } from 'node:stream';
import type { Request, Response } from 'got';
import type { SendFailure, SendOutcome, Timings } from '../domain/attempt.ts';
import { responseHeaders } from './headers.ts';
import { BodyExcerpt } from './response-body.ts';
import { failureOf } from './send-failure.ts';

/** Detail of the failure `aborted`. */
export const SHUTTING_DOWN = 'the process is shutting down';

export interface ExchangeLimits {
  /** Start of the send, from `performance.now()`. */
  readonly startedAt: number;
  /** Counted from `startedAt`. */
  readonly timeoutMs: number;
  readonly secure: boolean;
}

/**
 * One request in flight, until its outcome is known.
 *
 * After the status line and headers, the outcome is a response. A body that then times out, is cut off or never ends is
 * stored as truncated; it is not a failure, because a retry would repeat a request that the receiver has accepted.
 */
export class Exchange {
  readonly outcome: Promise<SendOutcome>;
  readonly #stream: Request;
  readonly #limits: ExchangeLimits;
  readonly #timer: NodeJS.Timeout;
  #resolve: (outcome: SendOutcome) => void = () => {};
  #settled = false;
  #response: Response | undefined;
  #body = new BodyExcerpt(0);

  constructor(stream: Request, limits: ExchangeLimits) {
    this.#stream = stream;
    this.#limits = limits;
    this.outcome = new Promise((resolve) => {
      this.#resolve = resolve;
    });
    // After a blocked event loop, setImmediate lets a response that has already arrived be read before the timeout applies.
    this.#timer = setTimeout(() => setImmediate(() => this.#expire()), limits.timeoutMs);
    stream.on('response', (response: Response) => this.#startResponse(response));
    stream.on('data', (chunk: Buffer) => this.#addChunk(chunk));
    stream.once('end', () => this.#endResponse());
    stream.once('upgrade', (_response: unknown, socket: Duplex) => this.#refuseUpgrade(socket));
    // Never removed: a destroyed request can still emit errors.
    stream.on('error', (error) => this.#handleError(error));
    stream.once('close', () => this.#handleError(new Error('the connection closed before a response')));
  }

  /** Ends the request because the process is shutting down. */
  abort(): void {
    this.#fail('aborted', SHUTTING_DOWN);
    this.#stream.destroy();
  }

  #startResponse(response: Response): void {
    this.#response = response;
    this.#body = new BodyExcerpt(Number(response.headers['content-length']) || 0);
  }

  #addChunk(chunk: Buffer): void {
    this.#body.add(chunk);
    if (!this.#body.isSufficient) return;
    this.#respond(false);
    this.#stream.destroy();
  }

  #endResponse(): void {
    this.#respond(true);
    // A receiver may respond before it has read the request. The timer then still bounds writing the rest.
    if (this.#stream.writableFinished) clearTimeout(this.#timer);
    else this.#stream.once('finish', () => clearTimeout(this.#timer));
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

  #handleError(error: unknown): void {
    clearTimeout(this.#timer);
    if (this.#settled) return;
    if (this.#response) {
      this.#respond(false);
    } else {
      const { failure, detail } = failureOf(error, this.#progress());
      this.#fail(failure, detail);
    }
    this.#stream.destroy();
  }

  #respond(bodyEnded: boolean): void {
    if (this.#settled || !this.#response) return;
    const { statusCode, headers } = this.#response;
    this.#settle({
      kind: 'response',
      status: statusCode,
      headers: responseHeaders(headers),
      body: this.#body.text(bodyEnded),
      remoteAddress: this.#stream.ip,
      timings: this.#timings(),
    });
  }

  #fail(failure: SendFailure, detail: string): void {
    if (this.#settled) return;
    this.#settle({ kind: 'failure', failure, detail, remoteAddress: this.#stream.ip, timings: this.#timings() });
  }

  #settle(outcome: SendOutcome): void {
    this.#settled = true;
    this.#resolve(outcome);
  }

  #progress(): { readonly connected: boolean; readonly ready: boolean } {
    const { timings, reusedSocket } = this.#stream;
    const connected = reusedSocket === true || timings?.connect !== undefined;
    const secured = reusedSocket === true || timings?.secureConnect !== undefined;
    return { connected, ready: this.#limits.secure ? secured : connected };
  }

  /** For a reused connection got repeats its original connect timings; they are not part of this attempt. */
  #timings(): Timings {
    const { timings, reusedSocket } = this.#stream;
    const { dns, tcp, tls, firstByte } = timings?.phases ?? {};
    return {
      ...(dns !== undefined && !reusedSocket && { dnsMs: dns }),
      ...(tcp !== undefined && !reusedSocket && { connectMs: tcp }),
      ...(tls !== undefined && !reusedSocket && { tlsMs: tls }),
      ...(firstByte !== undefined && { firstByteMs: firstByte }),
      totalMs: Math.round(performance.now() - this.#limits.startedAt),
    };
  }
}
