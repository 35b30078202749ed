import { describe, expect, test } from 'vitest';
import { useApi } from './api.ts';
import { headOf, RawClient } from './raw-client.ts';

const api = useApi({ timeouts: { headersMs: 1000, requestMs: 2500, silenceMs: 10_000, idleMs: 10_000 } });
const UNKNOWN_KEY = `pwk_${'A'.repeat(43)}`;
const BODY = '{"name":"x"}';
const EXPECTING = { expect: '100-continue', 'content-length': BODY.length };

const open = () => RawClient.connect(api().origin);

describe('a client that sends slowly', () => {
  test.each([
    ['nothing at all', ''],
    ['half a request line', 'POST /v1/te'],
    ['half its headers', 'GET /healthz HTTP/1.1\r\nhost: x\r\nx-slow:'],
  ])('%s is ended with 408', async (_what, sent) => {
    const client = await open();
    client.send(sent);
    await expect.poll(() => client.isClosed).toBe(true);
    expect([client.statuses, client.problem]).toEqual([[408], 'request-timeout']);
  });

  test.each(['half its body', 'a body a byte at a time'])('%s is ended', async (what) => {
    const client = await open();
    client.send(`${headOf({ key: api().adminKey, headers: { 'content-length': 1000 } })}{"name":`);
    const timer = setInterval(() => what.startsWith('half') || client.send('x'), 50);
    await expect.poll(() => client.isClosed).toBe(true);
    clearInterval(timer);
    expect(client.statuses).toEqual([408]);
    expect((await fetch(`${api().origin}/healthz`)).status).toBe(200);
  });

  test('half a body, and then ends its side: 400, and the connection is closed', async () => {
    const client = await open();
    client.send(`${headOf({ key: api().adminKey, headers: { 'content-length': 1000 } })}{"name":`);
    client.endSending();
    await expect.poll(() => client.isClosed).toBe(true);
    expect(client.statuses.every((status) => status === 400)).toBe(true);
  });

  test.each([
    ['what is no HTTP', 'nonsense\r\n\r\n', 400, 'malformed-request'],
    ['headers of 20 KB', `GET /healthz HTTP/1.1\r\nx: ${'x'.repeat(20_000)}\r\n\r\n`, 431, 'headers-too-large'],
    ['two lengths', headOf({ headers: { 'content-length': 3, 'transfer-encoding': 'chunked' } }), 400, 'malformed-request'],
  ])('%s is answered with a problem and closed', async (_what, sent, status, problem) => {
    const client = await open();
    client.send(sent);
    await expect.poll(() => client.isClosed).toBe(true);
    expect([client.statuses, client.problem]).toEqual([[status], problem]);
  });
});

describe('100 Continue', () => {
  test('is sent once the key was checked, and the body is read', async () => {
    const client = await open();
    client.send(headOf({ key: api().adminKey, headers: EXPECTING }));
    await expect.poll(() => client.statuses).toEqual([100]);
    client.send(BODY);
    await expect.poll(() => client.statuses).toEqual([100, 201]);
  });

  test.each([
    ['an unknown key', { key: UNKNOWN_KEY }, 401],
    ['no key', {}, 401],
    ['a path that does not exist', { path: '/v1/nothing' }, 404],
    ['a method that the path lacks', { method: 'PUT' }, 405],
  ])('is not sent to %s', async (_what, head, status) => {
    const client = await open();
    client.send(headOf({ ...head, headers: EXPECTING }));
    await expect.poll(() => client.isClosed).toBe(true);
    expect(client.statuses).toEqual([status]);
  });

  test.each([
    ['forbids the call', {}, 403],
    ['has a body that is too large', { 'content-length': 2 * 1024 * 1024 }, 413],
    ['has a body of another type', { 'content-type': 'text/plain' }, 415],
  ])('is not sent to a key that %s', async (what, headers, status) => {
    const key = what.startsWith('forbids') ? (await api().tenant()).key : api().adminKey;
    const client = await open();
    client.send(headOf({ key, headers: { ...EXPECTING, ...headers } }));
    await expect.poll(() => client.isClosed).toBe(true);
    expect(client.statuses).toEqual([status]);
  });
});

describe('a body that was not read', () => {
  const unread = { 'content-length': 8 * 1024 * 1024 };

  test.each([
    ['401', { key: UNKNOWN_KEY, headers: unread }, 401],
    ['404', { path: '/v1/nothing', headers: unread }, 404],
    ['405', { method: 'PUT', headers: unread }, 405],
    ['413', { headers: unread }, 413],
    ['415', { headers: { ...unread, 'content-type': 'text/plain' } }, 415],
    ['a success without a body', { method: 'GET', headers: unread }, 200],
    ['a health check', { method: 'GET', path: '/healthz', headers: unread }, 200],
    ['chunks without end', { headers: { 'transfer-encoding': 'chunked', 'content-type': 'text/plain' } }, 415],
  ])('closes the connection after %s', async (_what, head, status) => {
    const client = await open();
    client.send(`${headOf({ key: api().adminKey, ...head })}8\r\n{"name":`); // the begin of a chunk, where there are chunks
    await expect.poll(() => client.isClosed).toBe(true);
    expect(client.statuses).toEqual([status]);
    expect(client.received.toLowerCase()).toContain('connection: close');
  });

  test('is discarded for a moment, so that the client reads the response before the connection ends', async () => {
    const body = JSON.stringify({ name: 'x'.repeat(900_000) });
    for (let round = 0; round < 5; round++) {
      const headers = { authorization: `Bearer ${UNKNOWN_KEY}`, 'content-type': 'application/json' };
      const response = await api().raw('/v1/tenants', { method: 'POST', headers, body });
      expect(response.status).toBe(401);
    }
  });

  test('that came whole leaves the connection open', async () => {
    const client = await open();
    const refused = headOf({ key: UNKNOWN_KEY, headers: { 'content-length': BODY.length } }) + BODY;
    client.send(refused);
    await expect.poll(() => client.statuses).toEqual([401]);
    client.send(refused);
    await expect.poll(() => client.statuses).toEqual([401, 401]);
    expect(client.isClosed).toBe(false);
  });
});
