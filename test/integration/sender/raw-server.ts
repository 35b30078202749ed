import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { onTestFinished } from 'vitest';

/** A server that speaks bytes, so that a test can answer what no HTTP library would. Ends with its test. */
export interface RawServer {
  readonly port: number;
  readonly url: string;
  /** Every complete request so far, head and body. */
  readonly requests: readonly string[];
  /** Connections accepted so far. */
  readonly accepted: number;
  /** Connections that are open now. */
  readonly open: number;
}

export interface RawServerOptions {
  /** Called with every complete request. */
  readonly answer?: (socket: Socket, request: string) => void;
  /** Called with every connection, before a byte of it is read. */
  readonly accept?: (socket: Socket) => void;
  readonly host?: string;
  readonly port?: number;
  readonly tls?: TlsOptions;
}

export async function startRawServer({
  answer,
  accept,
  host = '127.0.0.1',
  port = 0,
  tls,
}: RawServerOptions): Promise<RawServer> {
  const requests: string[] = [];
  const sockets = new Set<Socket>();
  let accepted = 0;
  function serve(socket: Socket): void {
    socket.on('error', () => {});
    accept?.(socket);
    let received = '';
    socket.setEncoding('latin1');
    socket.on('data', (data) => {
      received += String(data);
      for (let length = completeLength(received); length !== undefined; length = completeLength(received)) {
        const request = received.slice(0, length);
        received = received.slice(length);
        requests.push(request);
        answer?.(socket, request);
      }
    });
  }
  const server: Server = tls ? createTlsServer(tls, serve) : createServer(serve);
  server.on('connection', (socket: Socket) => {
    accepted++;
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(port, host, resolve));
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  const address = server.address();
  const bound = typeof address === 'object' && address ? address.port : 0;
  return {
    port: bound,
    url: `${tls ? 'https' : 'http'}://${host}:${bound}/hook`,
    requests,
    get accepted() {
      return accepted;
    },
    get open() {
      return sockets.size;
    },
  };
}

/** Where the first request ends; undefined while it is not complete. */
function completeLength(received: string): number | undefined {
  const head = received.indexOf('\r\n\r\n');
  if (head < 0) return undefined;
  const length = head + 4 + Number(/\r\ncontent-length: *(\d+)/i.exec(received)?.[1] ?? 0);
  return received.length >= length ? length : undefined;
}

/** A whole answer with its length. */
export function answerOf(status: string, body = '', headers: readonly string[] = []): string {
  return [`HTTP/1.1 ${status}`, `content-length: ${Buffer.byteLength(body)}`, ...headers, '', body].join('\r\n');
}
