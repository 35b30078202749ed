import type { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { STANDARD_POLICY } from '../../../src/domain/policy.ts';
import { withAcceptance } from '../../../src/domain/verdict.ts';
import { answerOf, startRawServer } from './raw-server.ts';
import { requestTo, send, startSender } from './test-sender.ts';

const OK_HEAD = 'HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\n';

/** Writes again and again until the connection is gone. */
function repeat(socket: Socket, everyMs: number, text: string): void {
  const timer = setInterval(() => socket.write(text), everyMs);
  socket.once('close', () => clearInterval(timer));
}

/** Enough for a busy machine to connect, and to see that a receiver does not end by itself. */
const TIMEOUT_MS = 1500;

/** More than the kernels' buffers hold. */
const BIG_BODY = 'x'.repeat(30_000_000);

function leaveUnreadFor(ms: number): (socket: Socket) => void {
  return (socket) => {
    setImmediate(() => socket.pause());
    setTimeout(() => socket.resume(), ms);
  };
}

function flood(socket: Socket, chunk: Buffer, bytes: number): void {
  let left = bytes;
  const go = () => {
    while (left > 0 && !socket.destroyed) {
      left -= chunk.length;
      if (!socket.write(chunk)) return;
    }
  };
  socket.on('drain', go);
  go();
}

describe('a silent receiver', () => {
  const SILENT: [string, string, (socket: Socket) => void][] = [
    ['says nothing', '', () => {}],
    ['stops within the status line', 'HTTP/1.1 2', () => {}],
    ['stops within the headers', 'HTTP/1.1 200 OK\r\nx-a: ', () => {}],
    ['drips a header', 'HTTP/1.1 200 OK\r\nx-a: ', (socket) => repeat(socket, 20, 'x')],
    ['drips header lines', 'HTTP/1.1 200 OK\r\n', (socket) => repeat(socket, 20, 'x: y\r\n')],
    ['says "go on" a few times', 'HTTP/1.1 100 Continue\r\n\r\n'.repeat(10), () => {}],
  ];

  it.each(SILENT)('%s: timeout', async (_, beginning, behave) => {
    const server = await startRawServer({
      answer(socket) {
        socket.write(beginning);
        behave(socket);
      },
    });
    const outcome = await send(server.url, { timeoutMs: TIMEOUT_MS });
    expect(outcome).toMatchObject({
      kind: 'failure',
      failure: 'timeout',
      detail: `no response within ${TIMEOUT_MS} ms`,
      remoteAddress: '127.0.0.1',
    });
    await expect.poll(() => server.open).toBe(0);
  });

  it('drips a byte of the body at a time: its answer counts, cut', async () => {
    const server = await startRawServer({
      answer(socket) {
        socket.write(`${OK_HEAD}content-length: 1000\r\n\r\n`);
        repeat(socket, 20, 'x');
      },
    });
    const outcome = await send(server.url, { timeoutMs: TIMEOUT_MS });
    expect(outcome).toMatchObject({
      kind: 'response',
      status: 200,
      body: { text: expect.stringMatching(/^x+$/), truncated: true },
    });
    await expect.poll(() => server.open).toBe(0);
  });

  it('accepts no connection in time', async () => {
    const sender = startSender({ connectTimeoutMs: 150 });
    const server = await startRawServer({}); // speaks no TLS: the handshake hangs
    const outcome = await sender.send(requestTo(server.url.replace('http:', 'https:')));
    expect(outcome).toMatchObject({ kind: 'failure', failure: 'timeout', detail: 'no connection within 150 ms' });
    await expect.poll(() => server.open).toBe(0);
  });

  it('does not read the request', async () => {
    const server = await startRawServer({ accept: leaveUnreadFor(2 * TIMEOUT_MS) });
    const outcome = await send(server.url, { body: BIG_BODY, timeoutMs: TIMEOUT_MS });
    expect(outcome).toMatchObject({ kind: 'failure', failure: 'timeout' });
    await expect.poll(() => server.open).toBe(0);
    expect(server.requests).toHaveLength(0);
  });
});

describe('a receiver that floods', () => {
  it.each([
    ['with a length', 'content-length: 104857600\r\n\r\n', Buffer.alloc(65_536, 'x')],
    ['without a length', 'connection: close\r\n\r\n', Buffer.alloc(65_536, 'x')],
    ['in chunks', 'transfer-encoding: chunked\r\n\r\n', Buffer.from(`1000\r\n${'x'.repeat(4096)}\r\n`)],
  ])('%s: the beginning is stored, the connection dropped', async (_, head, chunk) => {
    let sent = 0;
    const server = await startRawServer({
      answer(socket) {
        socket.write(`${OK_HEAD}${head}`);
        flood(socket, chunk, 100 * 1024 * 1024);
        socket.once('close', () => {
          sent = socket.bytesWritten;
        });
      },
    });
    const outcome = await send(server.url);
    expect(outcome).toMatchObject({
      kind: 'response',
      status: 200,
      body: { text: 'x'.repeat(16 * 1024), truncated: true },
    });
    await expect.poll(() => server.open).toBe(0);
    // What the kernels' buffers hold, and not much more.
    expect(sent).toBeLessThan(20 * 1024 * 1024);
  });

  it.each([
    ['in one piece', (socket: Socket) => socket.write('HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(1000))],
    ['one by one', (socket: Socket) => repeat(socket, 1, 'HTTP/1.1 100 Continue\r\n\r\n')],
  ])('with informational responses (%s) is ended after ten', async (_, behave) => {
    const server = await startRawServer({ answer: behave });
    expect(await send(server.url)).toMatchObject({
      kind: 'failure',
      failure: 'invalid_response',
      detail: 'more than 10 informational responses (1xx)',
    });
    await expect.poll(() => server.open).toBe(0);
  });

  it('with long informational responses', async () => {
    const interim = `HTTP/1.1 103 Early Hints\r\nlink: ${'x'.repeat(60_000)}\r\n\r\n`;
    const server = await startRawServer({ answer: (socket) => socket.write(interim.repeat(10)) });
    expect(await send(server.url)).toMatchObject({
      kind: 'failure',
      failure: 'invalid_response',
      detail: 'more than 192 KiB before the end of the headers',
    });
    await expect.poll(() => server.open).toBe(0);
  });

  it.each([
    ['chunks of one byte', '1\r\nx\r\n'],
    ['chunks with extensions', `1;${'x'.repeat(1000)}\r\nx\r\n`],
    ['trailers', `0\r\n${'x: y\r\n'.repeat(1000)}`],
    ['more responses', '0\r\n\r\nHTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n'],
  ])('with %s: its answer counts, the connection is dropped', async (_, piece) => {
    let sent = 0;
    const server = await startRawServer({
      answer(socket) {
        socket.write(`${OK_HEAD}transfer-encoding: chunked\r\n\r\n`);
        flood(socket, Buffer.from(piece.repeat(Math.ceil(65_536 / piece.length))), 100 * 1024 * 1024);
        socket.once('close', () => {
          sent = socket.bytesWritten;
        });
      },
    });
    const outcome = withAcceptance(await send(server.url), STANDARD_POLICY);
    expect(outcome).toMatchObject({ kind: 'response', status: 200 });
    await expect.poll(() => server.open).toBe(0);
    expect(sent).toBeLessThan(20 * 1024 * 1024);
  });

  it('with more than 1,024 pieces of a body in one go: reading ends there', async () => {
    const body = '1\r\nx\r\n'.repeat(5000);
    const server = await startRawServer({
      answer: (socket) => socket.write(`${OK_HEAD}transfer-encoding: chunked\r\n\r\n${body}0\r\n\r\n`),
    });
    const outcome = await send(server.url);
    expect(outcome).toMatchObject({ kind: 'response', status: 200, body: { truncated: true } });
    if (outcome.kind === 'response') expect(outcome.body.text).toMatch(/^x{1000,1024}$/);
    await expect.poll(() => server.open).toBe(0);
  });

  it('with headers that never end', async () => {
    const server = await startRawServer({
      answer(socket) {
        socket.write('HTTP/1.1 200 OK\r\nx: ');
        flood(socket, Buffer.alloc(65_536, 'x'), 100 * 1024 * 1024);
      },
    });
    expect(await send(server.url)).toMatchObject({ kind: 'failure', failure: 'invalid_response' });
    await expect.poll(() => server.open).toBe(0);
  });
});

describe('a receiver that breaks off', () => {
  it.each<[string, (socket: Socket) => void, string]>([
    ['closes without a word', (socket) => socket.end(), 'reset'],
    ['resets', (socket) => socket.resetAndDestroy(), 'reset'],
    ['closes within the headers', (socket) => socket.end('HTTP/1.1 200 OK\r\nx-a'), 'reset'],
    ['resets within the headers', (socket) => socket.write('HTTP/1.1 200 OK\r\n', () => socket.resetAndDestroy()), 'reset'],
  ])('%s before its answer: %s', async (_, behave, failure) => {
    const server = await startRawServer({ answer: behave });
    const outcome = await send(server.url);
    expect(outcome).toMatchObject({ kind: 'failure' });
    // A parser that sees the end within a header may call that invalid.
    if (outcome.kind === 'failure') expect([failure, 'invalid_response']).toContain(outcome.failure);
    expect(server.requests).toHaveLength(1);
  });

  it.each<[string, (socket: Socket) => void]>([
    ['closes too early', (socket) => socket.end(`${OK_HEAD}content-length: 100\r\n\r\nabc`)],
    ['closes within a chunk', (socket) => socket.end(`${OK_HEAD}transfer-encoding: chunked\r\n\r\n10\r\nabc`)],
  ])('%s within the body: its answer counts, cut', async (_, behave) => {
    const server = await startRawServer({ answer: behave });
    expect(await send(server.url)).toMatchObject({ kind: 'response', status: 200, body: { text: 'abc', truncated: true } });
  });

  it('resets within the body: its answer counts, cut', async () => {
    const server = await startRawServer({
      answer(socket) {
        socket.write(`${OK_HEAD}content-length: 100\r\n\r\nabc`);
        setTimeout(() => socket.resetAndDestroy(), 100);
      },
    });
    expect(await send(server.url)).toMatchObject({ kind: 'response', status: 200, body: { text: 'abc', truncated: true } });
  });

  it('resets at once: not connected, or reset', async () => {
    const server = await startRawServer({ accept: (socket) => socket.resetAndDestroy() });
    const outcome = await send(server.url);
    expect(outcome).toMatchObject({ kind: 'failure', failure: expect.stringMatching(/^(reset|connect)$/) });
  });

  it('is not there', async () => {
    const outcome = await send('http://127.0.0.1:1/hook');
    expect(outcome).toMatchObject({ kind: 'failure', failure: 'connect', detail: 'connect ECONNREFUSED 127.0.0.1:1' });
  });

  it('answers before it has read the request', async () => {
    const server = await startRawServer({
      accept(socket) {
        leaveUnreadFor(2 * TIMEOUT_MS)(socket);
        socket.write(answerOf('413 Too Large', 'no'));
      },
    });
    const outcome = await send(server.url, { body: BIG_BODY, timeoutMs: TIMEOUT_MS });
    expect(outcome).toMatchObject({ kind: 'response', status: 413, body: { text: 'no' } });
    expect(outcome.timings.totalMs).toBeLessThan(TIMEOUT_MS);
    await expect.poll(() => server.open).toBe(0);
    expect(server.requests).toHaveLength(0);
  });
});

describe('a receiver that does not speak HTTP', () => {
  it.each([
    ['garbage', 'hello\r\n\r\n'],
    ['an SSH banner', 'SSH-2.0-OpenSSH_9.6\r\n'],
    ['an SMTP banner', '220 mail.example ESMTP\r\n'],
    ['HTTP/2 frames', Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0])],
    ['a TLS alert', Buffer.from([0x15, 3, 1, 0, 2, 2, 80])],
    ['a body without a head', '{"ok":true}'],
    ['a status that is no number', 'HTTP/1.1 abc OK\r\n\r\n'],
    ['a header with a control character', 'HTTP/1.1 200 OK\r\nx-a: b\0c\r\n\r\n'],
    ['two framings', 'HTTP/1.1 200 OK\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['two lengths', 'HTTP/1.1 200 OK\r\ncontent-length: 3\r\ncontent-length: 5\r\n\r\nabcde'],
    ['a negative length', 'HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n'],
    ['a switch of protocols', 'HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n'],
  ])('differs by %s', async (_, bytes) => {
    const server = await startRawServer({ answer: (socket) => socket.write(bytes) });
    expect(await send(server.url)).toMatchObject({
      kind: 'failure',
      failure: 'invalid_response',
      detail: expect.stringMatching(/^[ -~]{5,220}$/),
      remoteAddress: '127.0.0.1',
    });
    await expect.poll(() => server.open).toBe(0);
  });
});

describe('closing the sender', () => {
  it('breaks off requests in flight and closes every connection', async () => {
    const server = await startRawServer({});
    const sender = startSender();
    const outcomes = Promise.all([sender.send(requestTo(server.url)), sender.send(requestTo(server.url))]);
    await expect.poll(() => server.requests.length).toBe(2);
    sender.close();
    for (const outcome of await outcomes) expect(outcome).toMatchObject({ kind: 'broken_off' });
    await expect.poll(() => server.open).toBe(0);
  });

  it('starts nothing any more', async () => {
    const server = await startRawServer({});
    const sender = startSender();
    sender.close();
    expect(await sender.send(requestTo(server.url))).toMatchObject({ kind: 'broken_off' });
    expect(server.accepted).toBe(0);
  });
});
