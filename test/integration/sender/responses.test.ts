import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { answerOf, startRawServer } from './raw-server.ts';
import { requestTo, send, startSender } from './test-sender.ts';

describe('a request', () => {
  it('carries the bytes of the body, their length and the given headers in their case, and no header of got', async () => {
    const server = await startRawServer({ answer: (socket) => socket.end(answerOf('200 OK')) });
    await send(`${server.url}?a=b%20c`, {
      method: 'PUT',
      body: '{"name":"Jörg €😀"}',
      headers: { 'Content-Type': 'application/json', 'webhook-id': 'msg_1', 'X-Webhook-Event': 'Pass Installed' },
    });
    const [head = '', body = ''] = (server.requests[0] ?? '').split('\r\n\r\n');
    expect(Buffer.from(body, 'latin1').toString()).toBe('{"name":"Jörg €😀"}');
    expect(head.split('\r\n')).toEqual([
      'PUT /hook?a=b%20c HTTP/1.1',
      `Host: 127.0.0.1:${server.port}`,
      'accept: application/json, */*;q=0.8',
      expect.stringMatching(/^user-agent: Passwire\/\d+\.\d+\.\d+$/),
      'Content-Type: application/json',
      'webhook-id: msg_1',
      'X-Webhook-Event: Pass Installed',
      'content-length: 24',
      'Connection: keep-alive',
    ]);
  });

  it('has its own headers and body when many requests go to one URL at once', async () => {
    const server = await startRawServer({ answer: (socket) => socket.write(answerOf('200 OK')) });
    const sender = startSender();
    const numbers = Array.from({ length: 50 }, (_, index) => String(index));
    await Promise.all(
      numbers.map((number) =>
        sender.send(
          requestTo(server.url, {
            method: Number(number) % 2 ? 'PUT' : 'POST',
            headers: { 'webhook-id': number },
            body: number,
          }),
        ),
      ),
    );
    const seen = server.requests.map((request) =>
      /^(\w+) [\s\S]*\r\nwebhook-id: (\d+)\r\n[\s\S]*\r\n\r\n(\d+)$/.exec(request)?.slice(1),
    );
    expect(new Set(seen.map(String))).toEqual(
      new Set(numbers.map((number) => String([Number(number) % 2 ? 'PUT' : 'POST', number, number]))),
    );
  });

  it('carries an empty body with its length', async () => {
    const server = await startRawServer({ answer: (socket) => socket.end(answerOf('200 OK')) });
    expect(await send(server.url, { body: '' })).toMatchObject({ status: 200 });
    expect(server.requests[0]).toMatch(/content-length: 0\r\n/);
  });

  it('carries a body of a megabyte', async () => {
    const server = await startRawServer({ answer: (socket) => socket.end(answerOf('200 OK')) });
    expect(await send(server.url, { body: 'x'.repeat(1_000_000) })).toMatchObject({ status: 200 });
    expect(server.requests[0]?.split('\r\n\r\n')[1]).toHaveLength(1_000_000);
  });

  it.each([
    { 'x-a': 'b\r\nx-injected: 1' },
    { 'x-a': 'b\n' },
    { 'x-a\r\nx-injected': '1' },
    { 'x-a': 'b\u010d\u010ax-injected: 1' },
  ])('is not sent with a header that would be two: %o', async (headers) => {
    const server = await startRawServer({ answer: (socket) => socket.end(answerOf('200 OK')) });
    expect(await send(server.url, { headers })).toMatchObject({ kind: 'failure', failure: 'connect' });
    expect(server.accepted).toBe(0);
  });

  it('cannot be given another host, length or framing by its headers', async () => {
    const server = await startRawServer({ answer: (socket) => socket.end(answerOf('200 OK')) });
    const headers = { Host: 'evil.example', 'Content-Length': '0', 'transfer-encoding': 'chunked', expect: '100-continue' };
    expect(await send(server.url, { headers })).toMatchObject({ status: 200 });
    expect(server.requests).toHaveLength(1);
    expect(server.requests[0]).toContain(`Host: 127.0.0.1:${server.port}\r\n`);
    expect(server.requests[0]).not.toMatch(/evil|chunked|expect/i);
  });
});

describe('a response', () => {
  it('is given with status, headers, body, address and timings', async () => {
    const headers = ['Content-Type: text/plain', 'Set-Cookie: a=1', 'Set-Cookie: b=2', 'X-Twice: 1', 'X-Twice: 2'];
    const server = await startRawServer({ answer: (socket) => socket.end(answerOf('201 Created', 'grün\0!', headers)) });
    const outcome = await send(server.url);
    expect(outcome).toEqual({
      kind: 'response',
      status: 201,
      headers: { 'content-length': '7', 'content-type': 'text/plain', 'set-cookie': 'a=1, b=2', 'x-twice': '1, 2' },
      body: { text: 'grün!', truncated: false },
      remoteAddress: '127.0.0.1',
      timings: {
        dnsMs: expect.any(Number),
        connectMs: expect.any(Number),
        firstByteMs: expect.any(Number),
        totalMs: expect.any(Number),
      },
    });
  });

  it.each([200, 202, 204, 205, 299, 304, 400, 401, 404, 408, 410, 413, 429, 500, 502, 503, 504, 599, 600, 999])(
    'of status %s is given as it is',
    async (status) => {
      const server = await startRawServer({ answer: (socket) => socket.write(answerOf(`${status} Whatever`)) });
      expect(await send(server.url)).toMatchObject({ kind: 'response', status });
      expect(server.requests).toHaveLength(1);
    },
  );

  it.each([301, 302, 303, 307, 308])('of status %s is not followed', async (status) => {
    const server = await startRawServer({
      answer: (socket) =>
        socket.end(answerOf(`${status} Moved`, '', ['location: http://169.254.169.254/latest/meta-data/'])),
    });
    expect(await send(server.url)).toMatchObject({
      kind: 'response',
      status,
      headers: { location: 'http://169.254.169.254/latest/meta-data/' },
    });
    expect(server.requests).toHaveLength(1);
  });

  it('counts after interim ones', async () => {
    const interim = 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n';
    const server = await startRawServer({ answer: (socket) => socket.end(interim + answerOf('200 OK', 'ok')) });
    expect(await send(server.url)).toMatchObject({ kind: 'response', status: 200, body: { text: 'ok' } });
  });

  it('may have no reason phrase, HTTP 1.0 and an end without length', async () => {
    const server = await startRawServer({ answer: (socket) => socket.end('HTTP/1.0 200\r\n\r\nbye') });
    expect(await send(server.url)).toMatchObject({ status: 200, body: { text: 'bye', truncated: false } });
  });

  it('in chunks is concatenated', async () => {
    const server = await startRawServer({
      answer: (socket) => socket.end('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n'),
    });
    expect(await send(server.url)).toMatchObject({ status: 200, body: { text: 'abc', truncated: false } });
  });

  it('is not decompressed', async () => {
    const bomb = gzipSync(Buffer.alloc(50_000_000));
    const server = await startRawServer({
      answer(socket) {
        socket.write(`HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: ${bomb.length}\r\n\r\n`);
        socket.write(bomb);
      },
    });
    const outcome = await send(server.url);
    expect(outcome).toMatchObject({ kind: 'response', status: 200, headers: { 'content-encoding': 'gzip' } });
    if (outcome.kind === 'response') expect(outcome.body.text.length).toBeLessThanOrEqual(16 * 1024);
  });

  it.each([
    ['announced as gzip', 'gzip', 'not gzip', 'gzip'],
    ['announced as Brotli', ' BR ', 'x', 'br'],
    ['not announced, but gzip', undefined, gzipSync('{"ok":true}'), 'gzip'],
  ])('with a compressed body (%s) is noted; the body is not stored', async (_, encoding, body, compression) => {
    const server = await startRawServer({
      answer(socket) {
        socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n`);
        socket.write(encoding === undefined ? '\r\n' : `content-encoding: ${encoding}\r\n\r\n`);
        socket.end(body);
      },
    });
    expect(await send(server.url)).toMatchObject({
      status: 200,
      body: { text: '', truncated: true },
      notes: [`The response body is compressed (${compression}); it is not stored.`],
    });
  });

  it.each([
    ['an empty compressed body', answerOf('200 OK', '', ['content-encoding: gzip']), ''],
    ['the encoding "identity"', answerOf('200 OK', 'plain', ['content-encoding: identity']), 'plain'],
  ])('with %s has no note', async (_, bytes, text) => {
    const server = await startRawServer({ answer: (socket) => socket.end(bytes) });
    const outcome = await send(server.url);
    expect(outcome).toMatchObject({ status: 200, body: { text, truncated: false } });
    expect(outcome).not.toHaveProperty('notes');
  });

  it('stores at most 64 headers', async () => {
    const headers = Array.from({ length: 300 }, (_, index) => `x-${index}: v`);
    const server = await startRawServer({ answer: (socket) => socket.end(answerOf('200 OK', '', headers)) });
    const outcome = await send(server.url);
    if (outcome.kind === 'response') expect(Object.keys(outcome.headers)).toHaveLength(64);
    expect(outcome.kind).toBe('response');
  });

  it('with 60 KiB of headers is one', async () => {
    const headers = Array.from({ length: 60 }, (_, index) => `x-${index}: ${'v'.repeat(1010)}`);
    const server = await startRawServer({ answer: (socket) => socket.end(answerOf('410 Gone', '', headers)) });
    expect(await send(server.url)).toMatchObject({ kind: 'response', status: 410 });
  });

  it.each([
    ['one header of 9 KB', [`x-policy: ${'v'.repeat(9000)}`]],
    ['70 headers', Array.from({ length: 70 }, (_, index) => `x-${index}: v`)],
    ['60 KiB of headers', Array.from({ length: 60 }, (_, index) => `x-${index}: ${'v'.repeat(1000)}`)],
  ])('stores Retry-After behind %s', async (_, headers) => {
    const bytes = answerOf('503 Service Unavailable', '', [...headers, 'Retry-After: 120']);
    const server = await startRawServer({ answer: (socket) => socket.end(bytes) });
    expect(await send(server.url)).toMatchObject({ status: 503, headers: { 'retry-after': '120' } });
  });
});
