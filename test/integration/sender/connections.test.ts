import type { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { answerOf, startRawServer } from './raw-server.ts';
import { requestTo, startSender } from './test-sender.ts';

const OK = answerOf('200 OK', 'ok');
const answer = (socket: Socket) => void socket.write(OK);

describe('connections', () => {
  it('stay open and are reused', async () => {
    const server = await startRawServer({ answer });
    const sender = startSender();
    for (let count = 0; count < 5; count++) expect(await sender.send(requestTo(server.url))).toMatchObject({ status: 200 });
    expect(server.accepted).toBe(1);
  });

  it('have no connect timings when they are used again', async () => {
    const server = await startRawServer({ answer });
    const sender = startSender();
    const first = await sender.send(requestTo(server.url));
    const second = await sender.send(requestTo(server.url));
    expect(Object.keys(first.timings)).toEqual(['dnsMs', 'connectMs', 'firstByteMs', 'totalMs']);
    expect(Object.keys(second.timings)).toEqual(['firstByteMs', 'totalMs']);
  });

  it.each([
    ['Connection: close', answerOf('200 OK', 'ok', ['connection: close'])],
    ['HTTP 1.0', 'HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\nok'],
    ['a keep-alive too short to be relied on', answerOf('200 OK', 'ok', ['keep-alive: timeout=1'])],
  ])('are not used again after %s', async (_, bytes) => {
    const server = await startRawServer({ answer: (socket) => socket.write(bytes) });
    const sender = startSender();
    await sender.send(requestTo(server.url));
    await sender.send(requestTo(server.url));
    expect(server.accepted).toBe(2);
  });

  it('are not used again after a body that was not read to its end', async () => {
    const server = await startRawServer({ answer: (socket) => socket.write(answerOf('200 OK', 'x'.repeat(100_000))) });
    const sender = startSender();
    await sender.send(requestTo(server.url));
    await sender.send(requestTo(server.url));
    expect(server.accepted).toBe(2);
  });

  it('are used again after a body longer than what is kept', async () => {
    const server = await startRawServer({ answer: (socket) => socket.write(answerOf('200 OK', 'x'.repeat(40_000))) });
    const sender = startSender();
    await sender.send(requestTo(server.url));
    expect(await sender.send(requestTo(server.url))).toMatchObject({ body: { truncated: true } });
    expect(server.accepted).toBe(1);
  });

  it('do not carry an unrequested answer over to the next request', async () => {
    let count = 0;
    const server = await startRawServer({
      answer(socket) {
        count++;
        socket.write(answerOf(`200 OK`, `answer ${count}`));
        setTimeout(() => socket.write(answerOf('200 OK', 'poison')), 20);
      },
    });
    const sender = startSender();
    await sender.send(requestTo(server.url));
    await expect.poll(() => server.open).toBe(0);
    expect(await sender.send(requestTo(server.url))).toMatchObject({ body: { text: 'answer 2' } });
  });

  it('end after a time without work', async () => {
    const server = await startRawServer({ answer });
    const sender = startSender({ idleMs: 1000 });
    await sender.send(requestTo(server.url));
    expect(server.open).toBe(1);
    await expect.poll(() => server.open).toBe(0);
  });

  it('wait for an answer longer than they would idle', async () => {
    const server = await startRawServer({ answer: (socket) => setTimeout(answer, 300, socket) });
    const sender = startSender({ idleMs: 100 });
    expect(await sender.send(requestTo(server.url))).toMatchObject({ status: 200 });
    expect(await sender.send(requestTo(server.url))).toMatchObject({ status: 200 });
  });

  it('are bounded for one origin; waiting requests are sent later', async () => {
    let most = 0;
    const server = await startRawServer({
      answer(socket) {
        most = Math.max(most, server.open);
        setTimeout(answer, 20, socket);
      },
    });
    const sender = startSender({ maxConnectionsPerOrigin: 3 });
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => sender.send(requestTo(server.url))));
    expect(outcomes.filter(({ kind }) => kind === 'response')).toHaveLength(20);
    expect(most).toBe(3);
  });

  it('of a hanging origin do not delay those of another', async () => {
    const hanging = await startRawServer({});
    const healthy = await startRawServer({ answer });
    const sender = startSender({ maxConnectionsPerOrigin: 2, idleMs: 100 });
    let ended = 0;
    const stuck = Array.from({ length: 10 }, async () => {
      const outcome = await sender.send(requestTo(hanging.url, { timeoutMs: 2000 }));
      ended += 1;
      return outcome;
    });
    expect(await sender.send(requestTo(healthy.url))).toMatchObject({ status: 200 });
    expect(ended).toBe(0);
    for (const outcome of await Promise.all(stuck)) expect(outcome).toMatchObject({ failure: 'timeout' });
    await expect.poll(() => hanging.open).toBe(0);
  });

  it('that are idle are bounded in total; the one idle for longest is closed first', async () => {
    const servers = await Promise.all(Array.from({ length: 5 }, () => startRawServer({ answer })));
    const sender = startSender({ maxIdleConnections: 2 });
    for (const server of servers) await sender.send(requestTo(server.url));
    await expect.poll(() => servers.map(({ open }) => open)).toEqual([0, 0, 0, 1, 1]);
    for (const server of servers.slice(3)) await sender.send(requestTo(server.url));
    expect(servers.map(({ accepted }) => accepted)).toEqual([1, 1, 1, 1, 1]);
  });

  it('that become idle at the same moment are bounded too', async () => {
    const sockets: Socket[] = [];
    const answerAllAtOnce = (socket: Socket): void => {
      if (sockets.push(socket) === 10) sockets.forEach(answer);
    };
    const servers = await Promise.all(Array.from({ length: 10 }, () => startRawServer({ answer: answerAllAtOnce })));
    const sender = startSender({ maxIdleConnections: 2 });
    await Promise.all(servers.map((server) => sender.send(requestTo(server.url))));
    await expect.poll(() => servers.reduce((sum, { open }) => sum + open, 0)).toBe(2);
  });

  it('survive a receiver that closes an idle one', async () => {
    const server = await startRawServer({
      answer(socket) {
        answer(socket);
        setTimeout(() => socket.end(), 20);
      },
    });
    const sender = startSender();
    await sender.send(requestTo(server.url));
    await expect.poll(() => server.open).toBe(0);
    expect(await sender.send(requestTo(server.url))).toMatchObject({ status: 200 });
  });
});
