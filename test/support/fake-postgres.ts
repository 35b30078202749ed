import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer, type Socket } from 'node:net';

type Row = Readonly<Record<string, string | number | boolean>>;

export interface FakePostgres {
  /** For a client; any user and password will do. */
  readonly url: string;
  close(): Promise<void>;
}

/** Type ids of pg_type: what the client parses values as. */
const TYPES = { string: 25, number: 23, boolean: 16 } as const;
const SSL_REQUEST = 80_877_103;

/**
 * Speaks enough of Postgres' protocol (documentation, chapter 55) to answer simple statements: for shapes of servers that a
 * test cannot start.
 *
 * @param answer the rows of a statement; undefined: no answer at all. `connection` counts from 0
 * @param promisedPid the process id that connections are given for cancel requests
 */
export async function startFakePostgres(
  answer: (sql: string, connection: number) => readonly Row[] | undefined,
  promisedPid: number,
): Promise<FakePostgres> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    const connection = sockets.size;
    sockets.add(socket);
    socket.on('error', () => {});
    serve(socket, (sql) => answer(sql, connection), promisedPid);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `postgres://any:any@127.0.0.1:${(server.address() as AddressInfo).port}/any`,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

function serve(socket: Socket, answer: (sql: string) => readonly Row[] | undefined, promisedPid: number): void {
  let received = Buffer.alloc(0);
  let started = false;
  socket.on('data', (chunk) => {
    received = Buffer.concat([received, chunk]);
    for (;;) {
      const head = started ? 1 : 0; // the first messages have no type
      if (received.length < head + 4) return;
      const length = head + received.readInt32BE(head);
      if (received.length < length) return;
      const content = received.subarray(head + 4, length);
      const type = started ? String.fromCharCode(received[0] ?? 0) : 'startup';
      received = received.subarray(length);
      if (type === 'startup' && content.readInt32BE(0) === SSL_REQUEST) socket.write('N');
      else if (type === 'startup') {
        started = true;
        socket.write(Buffer.concat([message('R', int32(0)), message('K', int32(promisedPid), int32(1)), READY]));
      } else if (type === 'Q') {
        const rows = answer(content.toString('utf8').slice(0, -1));
        if (rows) socket.write(Buffer.concat([...resultOf(rows), READY]));
      } else if (type === 'X') socket.end();
    }
  });
}

function resultOf(rows: readonly Row[]): Buffer[] {
  const columns = Object.entries(rows[0] ?? {});
  const description = columns.map(([name, value]) =>
    Buffer.concat([
      text(name),
      int32(0),
      int16(0),
      int32(TYPES[typeof value as keyof typeof TYPES]),
      int16(-1),
      int32(-1),
      int16(0),
    ]),
  );
  return [
    message('T', int16(columns.length), ...description),
    ...rows.map((row) => message('D', int16(columns.length), ...Object.values(row).map(fieldOf))),
    message('C', text(`SELECT ${rows.length}`)),
  ];
}

function fieldOf(value: Row[string]): Buffer {
  const bytes = Buffer.from(typeof value === 'boolean' ? (value ? 't' : 'f') : String(value));
  return Buffer.concat([int32(bytes.length), bytes]);
}

function message(type: string, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.from(type), int32(content.length + 4), content]);
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
}

function text(value: string): Buffer {
  return Buffer.from(`${value}\0`);
}

const READY = message('Z', Buffer.from('I'));
