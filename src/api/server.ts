import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Express } from 'express';
import { problemText } from './problem.ts';
import type { ProblemCode } from './problem-types.ts';

export interface ServerTimeouts {
  /** From the connection, or the first byte of a later request, to the end of the headers. */
  readonly headersMs: number;
  /** To the end of the body. */
  readonly requestMs: number;
  /** Without a byte in either direction. */
  readonly silenceMs: number;
  /** Between a response and the next request: longer than proxies leave idle connections open, which they use at any moment. */
  readonly idleMs: number;
}

const TIMEOUTS: ServerTimeouts = { headersMs: 10_000, requestMs: 60_000, silenceMs: 120_000, idleMs: 75_000 };
/** How often Node looks for requests that have exceeded a timeout. */
const CHECK_MS = 1000;

/** An HTTP server that slow and half-open clients cannot occupy. It does not listen yet. */
export function createApiServer(app: Express, timeouts: ServerTimeouts = TIMEOUTS): Server {
  const { headersMs, requestMs, silenceMs, idleMs } = timeouts;
  const server = createServer(
    {
      headersTimeout: headersMs,
      requestTimeout: requestMs,
      keepAliveTimeout: idleMs,
      connectionsCheckingInterval: Math.min(CHECK_MS, headersMs),
    },
    app,
  );
  server.timeout = silenceMs;
  server.on('checkContinue', app); // the body reader sends 100 Continue, once the key was checked
  const responses = new WeakMap<object, ServerResponse>();
  const remember = ({ socket }: IncomingMessage, response: ServerResponse) => void responses.set(socket, response);
  server.prependListener('request', remember).prependListener('checkContinue', remember);
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    const response = responses.get(socket);
    const isAnswering = response?.headersSent === true && !response.writableFinished;
    refuseConnection(error, socket as Socket, isAnswering);
  });
  return server;
}

/** Ends a connection whose bytes are no request, or not in time. */
function refuseConnection({ code }: NodeJS.ErrnoException, socket: Socket, isAnswering: boolean): void {
  if (code === 'ECONNRESET' || !socket.writable || isAnswering) {
    socket.destroy();
    return;
  }
  const { problem, statusLine, detail } = refusalOf(code);
  const body = problemText(problem, detail);
  const head = [
    `HTTP/1.1 ${statusLine}`,
    'connection: close',
    'content-type: application/problem+json',
    `content-length: ${Buffer.byteLength(body)}`,
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
}

interface Refusal {
  readonly problem: ProblemCode;
  readonly statusLine: string;
  readonly detail: string;
}

/** By the code of Node's error. */
function refusalOf(code: string | undefined): Refusal {
  switch (code) {
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return {
        problem: 'request-timeout',
        statusLine: '408 Request Timeout',
        detail: 'The request did not arrive in time.',
      };
    case 'HPE_HEADER_OVERFLOW':
      return {
        problem: 'headers-too-large',
        statusLine: '431 Request Header Fields Too Large',
        detail: 'The URL and the headers have 16 KiB together at most.',
      };
    default:
      return { problem: 'malformed-request', statusLine: '400 Bad Request', detail: 'The bytes are not an HTTP request.' };
  }
}
