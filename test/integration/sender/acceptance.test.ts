import type { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import type { OutgoingRequest, SendOutcome } from '../../../src/domain/attempt.ts';
import { STANDARD_POLICY } from '../../../src/domain/policy.ts';
import { verdictOf, withAcceptance } from '../../../src/domain/verdict.ts';
import { startRawServer } from './raw-server.ts';
import { requestTo, startSender } from './test-sender.ts';

// A complete final status line in the policy's success set, after the whole request was written, is an acceptance.

const NOW = Date.UTC(2026, 2, 1);
const EXACT_200 = { ...STANDARD_POLICY, success: [{ from: 200, to: 200 }] };

async function judge(behave: (socket: Socket) => void, { policy = STANDARD_POLICY, ...changes }: Judged = {}) {
  const server = await startRawServer({ answer: behave });
  const sender = startSender();
  const outcome = withAcceptance(await sender.send(requestTo(server.url, changes)), policy);
  if (outcome.kind === 'broken_off') throw new Error('nobody closed the sender');
  return { outcome, verdict: verdictOf(outcome, policy, NOW), server, sender };
}

interface Judged extends Partial<OutgoingRequest> {
  readonly policy?: typeof STANDARD_POLICY;
}

/** Everything that can go wrong after the status line. */
const SLOPPY: [string, string, (socket: Socket, bytes: string) => void][] = [
  ['both framings', 'content-length: 2\r\ntransfer-encoding: chunked\r\n\r\nok', write],
  ['two lengths', 'content-length: 2\r\ncontent-length: 3\r\n\r\nok', write],
  ['a blank before the colon', 'x-name : value\r\ncontent-length: 2\r\n\r\nok', write],
  ['a header without a colon', 'nonsense\r\n\r\n', write],
  ['headers over 64 KiB', `${`x: ${'v'.repeat(1000)}\r\n`.repeat(66)}\r\n`, write],
  ['a control character', 'x-a: b\0c\r\n\r\n', write],
  ['a chunk of no size', 'transfer-encoding: chunked\r\n\r\n2\r\nok\r\nzz\r\n', write],
  ['an end within the headers', 'x-a: ', (socket, bytes) => void socket.end(bytes)],
  ['a reset within the headers', 'x-a: ', (socket, bytes) => void socket.write(bytes, () => socket.resetAndDestroy())],
];

function write(socket: Socket, bytes: string): void {
  socket.write(bytes);
}

describe('a status line of success', () => {
  it.each(SLOPPY)('counts before %s', async (_, bytes, behave) => {
    const { outcome, verdict, server } = await judge((socket) => behave(socket, `HTTP/1.1 200 OK\r\n${bytes}`));
    expect(verdict).toEqual({ kind: 'delivered' });
    expect(outcome).toMatchObject({ kind: 'response', status: 200, body: { truncated: true } });
    expect(outcome.notes?.at(-1)).toMatch(
      /^The response counts by its status line; the rest .* \((invalid_response|reset): /,
    );
    await expect.poll(() => server.open).toBe(0);
    expect(server.requests).toHaveLength(1);
  });

  it('counts where every line ends with LF alone', async () => {
    const { verdict } = await judge((socket) => write(socket, 'HTTP/1.1 204 No Content\nserver: old\n\n'));
    expect(verdict).toEqual({ kind: 'delivered' });
  });

  it('counts when it comes byte by byte, before headers that come later', async () => {
    const { verdict } = await judge(async (socket) => {
      for (const byte of 'HTTP/1.1 200 OK\r\n') {
        socket.write(byte);
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
      socket.write('name : value\r\n\r\n');
    });
    expect(verdict).toEqual({ kind: 'delivered' });
  });

  it('counts when nothing follows it in time', async () => {
    const { outcome, verdict } = await judge((socket) => write(socket, 'HTTP/1.1 200 OK\r\nx-a: '), { timeoutMs: 1500 });
    expect(verdict).toEqual({ kind: 'delivered' });
    expect(outcome.notes?.join()).toContain('(timeout: no response within 1500 ms)');
  });

  it('counts after informational responses', async () => {
    const interim = 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n';
    const { verdict } = await judge((socket) => write(socket, `${interim}HTTP/1.1 200 OK\r\na : b\r\n\r\n`));
    expect(verdict).toEqual({ kind: 'delivered' });
  });

  it('lets no other request use its connection', async () => {
    const { sender, server } = await judge((socket) => write(socket, 'HTTP/1.1 200 OK\r\na : b\r\n\r\n'));
    await sender.send(requestTo(server.url));
    expect(server.accepted).toBe(2);
  });

  it('stores what was received intact', async () => {
    const head = 'HTTP/1.1 200 OK\r\nx-request: 7\r\ntransfer-encoding: chunked\r\n\r\n';
    const { outcome } = await judge((socket) => {
      socket.write(`${head}2\r\nok\r\n`);
      setTimeout(() => socket.write('zz\r\n'), 100);
    });
    expect(outcome).toMatchObject({ headers: { 'x-request': '7' }, body: { text: 'ok', truncated: true } });
  });
});

describe('no acceptance', () => {
  const notAccepted = { kind: 'failure', failure: 'invalid_response' };

  it.each([300, 404, 410, 413, 500])('is a status line of %s before broken framing: it is retried', async (status) => {
    const { outcome, verdict } = await judge((socket) => write(socket, `HTTP/1.1 ${status} X\r\na : b\r\n\r\n`));
    expect(outcome).toMatchObject({ ...notAccepted, received: { status } });
    expect(verdict).toMatchObject({ kind: 'retryable', reason: expect.stringMatching(/^invalid_response: /) });
  });

  it('is 410 with a chunk of no size: the endpoint stays enabled', async () => {
    const { verdict } = await judge((socket) =>
      write(socket, 'HTTP/1.1 410 Gone\r\ntransfer-encoding: chunked\r\nretry-after: 60\r\n\r\nzz\r\n'),
    );
    expect(verdict).toMatchObject({ kind: 'retryable', retryAfterMs: 60_000 });
  });

  it('is 204 where exactly 200 is asked for', async () => {
    const { outcome } = await judge((socket) => write(socket, 'HTTP/1.1 204 No\r\na : b\r\n\r\n'), { policy: EXACT_200 });
    expect(outcome).toMatchObject(notAccepted);
  });

  it.each([
    ['a status line without an end', 'HTTP/1.1 200 OK\r', (socket: Socket, bytes: string) => void socket.end(bytes)],
    ['an informational status line', 'HTTP/1.1 100 Continue\r\na : b\r\n\r\n', write],
    ['a switch of protocols', 'HTTP/1.1 101 Switching\r\na : b\r\n\r\nHTTP/1.1 200 OK\r\n\r\n', write],
    ['a status line inside a header', 'HTTP/1.1 103 Hints\r\na : b\r\nHTTP/1.1 200 OK\r\n\r\n', write],
  ])('is %s', async (_, bytes, behave) => {
    const { outcome } = await judge((socket) => behave(socket, bytes));
    expect(outcome).toMatchObject({ kind: 'failure' });
    expect(outcome).not.toHaveProperty('received');
  });

  it('is a status line that came before the request was written', async () => {
    const server = await startRawServer({
      accept(socket) {
        setImmediate(() => socket.pause());
        socket.write('HTTP/1.1 200 OK\r\na : b\r\n\r\n');
      },
    });
    const outcome: SendOutcome | { kind: 'broken_off' } = await startSender().send(
      requestTo(server.url, { body: 'x'.repeat(30_000_000) }), // more than the kernels' buffers hold
    );
    expect(outcome).toMatchObject(notAccepted);
    expect(outcome).not.toHaveProperty('received');
  });
});
