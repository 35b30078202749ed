import { createServer, type IncomingHttpHeaders, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually, type PollOptions } from './poll.ts';

export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** As on the wire: names and values in turn, order and case kept. */
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
  /** `body` as UTF-8 text. */
  readonly text: string;
  /** Unix milliseconds, when the headers had arrived. */
  readonly atMs: number;
}

/** What the receiver does with a request. All absent: 200 with an empty body. */
export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  /** Waits before it answers. */
  readonly delayMs?: number;
  /** `hang`: never answers; `reset`: breaks the connection after it has read the request. */
  readonly instead?: 'hang' | 'reset';
  /** Answers by hand: drips, floods, lies. */
  readonly by?: (request: Received, response: ServerResponse) => void | Promise<void>;
}

/** A real HTTP server on a free port of 127.0.0.1 that responds as scripted, path by path, and records its requests. */
export class Receiver {
  readonly requests: Received[] = [];
  readonly #server: Server;
  readonly #answers = new Map<string, Answer[]>();

  private constructor(server: Server) {
    this.#server = server;
    server.on('request', (request, response) => {
      this.#handle(request, response).catch(() => response.destroy());
    });
  }

  /** @param port a free one if absent; give one to come back where an earlier receiver was */
  static async start(port = 0): Promise<Receiver> {
    const server = createServer({ keepAliveTimeout: 60_000 });
    const receiver = new Receiver(server);
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', resolve);
    });
    return receiver;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  url(path: string): string {
    return `http://127.0.0.1:${this.port}${path}`;
  }

  /** From now on `path` (without query) answers with these in turn; the last one stays. */
  answer(path: string, ...answers: readonly Answer[]): void {
    this.#answers.set(path, [...answers]);
  }

  /** What `path` (without query) has got so far, oldest first. */
  at(path: string): Received[] {
    return this.requests.filter((request) => withoutQuery(request.path) === path);
  }

  /** Waits until `path` has got `count` requests, and returns all it has got. */
  waitFor(path: string, count = 1, options: PollOptions = {}): Promise<Received[]> {
    return eventually(
      () => {
        const got = this.at(path);
        return got.length >= count && got;
      },
      { what: `request ${count} at ${path}`, ...options },
    );
  }

  /** Stops at once; connections in use are broken. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    await closed;
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const atMs = Date.now();
    const body = await buffer(request);
    const received: Received = {
      method: request.method ?? '',
      path: request.url ?? '',
      headers: request.headers,
      rawHeaders: request.rawHeaders,
      body,
      text: body.toString('utf8'),
      atMs,
    };
    this.requests.push(received);
    const answer = this.#next(withoutQuery(received.path));
    if (answer.delayMs !== undefined) await sleep(answer.delayMs);
    if (answer.by) return await answer.by(received, response);
    if (answer.instead === 'hang') return;
    if (answer.instead === 'reset') {
      request.socket.resetAndDestroy();
      return;
    }
    response.writeHead(answer.status ?? 200, answer.headers).end(answer.body);
  }

  #next(path: string): Answer {
    const answers = this.#answers.get(path) ?? [];
    return (answers.length > 1 ? answers.shift() : answers[0]) ?? {};
  }
}

function withoutQuery(path: string): string {
  return path.split('?', 1)[0] ?? path;
}
