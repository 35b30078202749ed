import type { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { answerOf, startRawServer } from './raw-server.ts';
import { requestTo, startSender } from './test-sender.ts';

const OK = answerOf('200 OK', 'ok');
const NOTE = 'The reused connection was closed before a response; the request was sent again on a new one.';

/** Answers the first request of every connection, and treats the second one as the test specifies. */
async function startStale(onReuse: (socket: Socket, count: number) => void) {
  const served = new WeakSet<Socket>();
  let reuses = 0;
  const server = await startRawServer({
    answer(socket) {
      if (served.has(socket)) {
        reuses += 1;
        onReuse(socket, reuses);
        return;
      }
      served.add(socket);
      socket.write(OK);
    },
  });
  const sender = startSender();
  await sender.send(requestTo(server.url));
  return { server, sender, request: requestTo(server.url, { headers: { 'webhook-id': 'msg_1' } }) };
}

describe('a reused connection that ends before a response', () => {
  it.each<[string, (socket: Socket) => void]>([
    ['by a reset', (socket) => socket.resetAndDestroy()],
    ['in order', (socket) => socket.end()],
  ])('%s is replaced by a new one, once', async (_, end) => {
    const { server, sender, request } = await startStale(end);
    const outcome = await sender.send(request);
    expect(outcome).toMatchObject({
      kind: 'response',
      status: 200,
      notes: [NOTE],
      timings: { connectMs: expect.any(Number) },
    });
    expect(server.requests).toHaveLength(3);
    expect(server.requests[2]).toContain('webhook-id: msg_1');
    expect(server.accepted).toBe(2);
  });

  it('is replaced by one that was never used, also when others idle', async () => {
    const { server, sender, request } = await startStale((socket) => socket.end());
    await Promise.all(Array.from({ length: 4 }, () => sender.send(request)));
    const accepted = server.accepted;
    const outcomes = await Promise.all(Array.from({ length: 4 }, () => sender.send(request)));
    for (const outcome of outcomes) expect(outcome).toMatchObject({ kind: 'response', status: 200 });
    expect(server.accepted).toBeGreaterThan(accepted);
  });
});

describe('the request is not repeated', () => {
  it.each<[string, (socket: Socket) => void]>([
    ['after a byte of a response', (socket) => socket.end('H')],
    ['after something that is not HTTP', (socket) => socket.write('hello\r\n\r\n')],
  ])('%s', async (_, behave) => {
    const { server, sender, request } = await startStale(behave);
    expect(await sender.send(request)).toMatchObject({ kind: 'failure' });
    expect(server.requests).toHaveLength(2);
  });

  it('when the receiver is silent', async () => {
    const { server, sender, request } = await startStale(() => {});
    const outcome = await sender.send({ ...request, timeoutMs: 1500 });
    expect(outcome).toMatchObject({ kind: 'failure', failure: 'timeout' });
    expect(server.requests).toHaveLength(2);
  });

  it('when the connection ends more than 2 s after the request: the receiver may have read it', async () => {
    const { server, sender, request } = await startStale((socket) => setTimeout(() => socket.end(), 2200));
    expect(await sender.send(request)).toMatchObject({ kind: 'failure', failure: 'reset' });
    expect(server.requests).toHaveLength(2);
  });

  it('on a new connection', async () => {
    const server = await startRawServer({ answer: (socket) => socket.end() });
    const outcome = await startSender().send(requestTo(server.url));
    expect(outcome).toMatchObject({ kind: 'failure', failure: 'reset' });
    expect(outcome).not.toHaveProperty('notes');
    expect(server.requests).toHaveLength(1);
  });

  it('a second time', async () => {
    const ends = (socket: Socket) => void socket.resetAndDestroy();
    let isOpen = true;
    const server = await startRawServer({ answer: (socket) => (isOpen ? socket.write(OK) : ends(socket)) });
    const sender = startSender();
    await sender.send(requestTo(server.url));
    isOpen = false;
    expect(await sender.send(requestTo(server.url))).toMatchObject({ kind: 'failure', failure: 'reset', notes: [NOTE] });
    expect(server.requests).toHaveLength(3);
  });

  it('beyond the time of the attempt', async () => {
    let isOpen = true;
    let repeats = 0;
    const server = await startRawServer({
      answer(socket) {
        if (isOpen) socket.write(OK);
        else if (repeats++ === 0) setTimeout(() => socket.end(), 1000); // the repeated request is never answered
      },
    });
    const sender = startSender();
    await sender.send(requestTo(server.url));
    isOpen = false;
    const outcome = await sender.send(requestTo(server.url, { timeoutMs: 2000 }));
    expect(outcome).toMatchObject({ failure: 'timeout', detail: 'no response within 2000 ms', notes: [NOTE] });
    expect(outcome.timings.totalMs).toBeLessThan(2900); // less than a full time for each of the two requests
  });
});
