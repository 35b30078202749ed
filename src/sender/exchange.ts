import { performance } from 'node:perf_hooks';
import type { Duplex } from 'node:stream';
import type { Request, Response } from 'got';
import type { SendFailure, SendOutcome, Timings } from '../domain/attempt.ts';
import { responseHeaders } from './headers.ts';
import { BodyExcerpt } from './response-body.ts';
import { failureOf } from './send-failure.ts';

export interface ExchangeLimits {
  /** When the send was called, by `performance.now()`. */
  readonly startedAt: number;
  /** From `startedAt` on. */
  readonly timeoutMs: number;
  readonly secure: boolean;
}

/**
 * One request under way, until its outcome is known.
 *
 * Once status line and headers are there, the receiver has answered: a body that then drips past the time, breaks off or
 * never ends makes a response whose body is truncated, not a failure. Sending again what a receiver said 200 to would
 * help nobody.
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
    // After a busy moment, an answer that has arrived already is taken before its time is called up.
    this.#timer = setTimeout(() => setImmediate(() => this.#expire()), limits.timeoutMs);
    stream.on('response', (response: Response) => this.#begin(response));
    stream.on('data', (chunk: Buffer) => this.#take(chunk));
    stream.once('end', () => this.#end());
    stream.once('upgrade', (_response: unknown, socket: Duplex) => this.#refuseUpgrade(socket));
    // Stays for good: a request that is destroyed can still emit errors.
    stream.on('error', (error) => this.#break(error));
    stream.once('close', () => this.#break(new Error('the connection closed without an answer')));
  }

  /** Ends it because this process stops. */
  abort(): void {
    this.#fail('aborted', 'this process was told to stop');
    this.#stream.destroy();
  }

  #begin(response: Response): void {
    this.#response = response;
    this.#body = new BodyExcerpt(Number(response.headers['content-length']) || 0);
  }

  #take(chunk: Buffer): void {
    this.#body.add(chunk);
    if (!this.#body.isEnough) return;
    this.#answer(false);
    this.#stream.destroy();
  }

  #end(): void {
    this.#answer(true);
    // A receiver may answer before it has read the request; the timer then waits for the rest to be written.
    if (this.#stream.writableFinished) clearTimeout(this.#timer);
    else this.#stream.once('finish', () => clearTimeout(this.#timer));
  }

  #expire(): void {
    const { timeoutMs } = this.#limits;
    if (this.#response) this.#answer(false);
    else this.#fail('timeout', `no ${this.#progress().ready ? 'answer' : 'connection'} within ${timeoutMs} ms`);
    this.#stream.destroy();
  }

  #refuseUpgrade(socket: Duplex): void {
    this.#fail('invalid_response', '101 Switching Protocols, which nobody asked for');
    socket.destroy();
    this.#stream.destroy();
  }

  #break(error: unknown): void {
    clearTimeout(this.#timer);
    if (this.#settled) return;
    if (this.#response) {
      this.#answer(false);
    } else {
      const { failure, detail } = failureOf(error, this.#progress());
      this.#fail(failure, detail);
    }
    this.#stream.destroy();
  }

  #answer(bodyEnded: boolean): void {
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

  /** For a kept-alive connection got repeats how long it once took to connect; that is no part of this try. */
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
