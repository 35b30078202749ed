import { connect, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** A connection that sends bytes as no HTTP library would. Ends with its test. */
export class RawClient {
  readonly #socket: Socket;
  #received = '';
  #closed = false;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      this.#received += chunk.toString('latin1');
    });
    socket.on('close', () => {
      this.#closed = true;
    });
    onTestFinished(() => void socket.destroy());
  }

  static async connect(origin: string): Promise<RawClient> {
    const { port } = new URL(origin);
    const socket = connect({ port: Number(port), host: '127.0.0.1', allowHalfOpen: true });
    await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));
    return new RawClient(socket);
  }

  /** Everything received. */
  get received(): string {
    return this.#received;
  }

  /** The status of every response so far, informational ones included. */
  get statuses(): number[] {
    return [...this.#received.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => Number(status));
  }

  /** The code of the last problem. */
  get problem(): string | undefined {
    return /urn:passwire:problem:([\w-]+)/.exec(this.#received)?.[1];
  }

  /** True when the server has closed the connection. */
  get isClosed(): boolean {
    return this.#closed || this.#socket.readableEnded;
  }

  send(text: string): void {
    this.#socket.write(text);
  }

  /** Sends no more, but reads on. */
  endSending(): void {
    this.#socket.end();
  }
}

export interface Head {
  readonly method?: string;
  readonly path?: string;
  readonly key?: string;
  readonly headers?: Readonly<Record<string, string | number>>;
}

/** The head of a request, with the empty line after it. */
export function headOf({ method = 'POST', path = '/v1/tenants', key, headers = {} }: Head): string {
  const all = {
    host: 'passwire',
    ...(key !== undefined && { authorization: `Bearer ${key}` }),
    'content-type': 'application/json',
    ...headers,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
  return `${[`${method} ${path} HTTP/1.1`, ...lines].join('\r\n')}\r\n\r\n`;
}
