import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { eventually } from '../../support/poll.ts';
import { useApi } from './api.ts';
import { headOf, RawClient } from './raw-client.ts';

const MIB = 1024 * 1024;
const api = useApi({ env: { KEY_REQUESTS_AT_ONCE: '4', KEY_BODY_MIB: '8', TRUSTED_PROXIES: '127.0.0.0/8' } });
const rated = useApi({ env: { KEY_EVENT_REQUESTS_PER_SECOND: '7', KEY_OTHER_REQUESTS_PER_SECOND: '5' } });

const event = { type: 'pass.created', templateId: 'x', occurredAt: '2026-01-01T00:00:00Z', pass: { id: 'p' } };

describe('a key that calls too often', () => {
  test.each([
    ['events', 7, 'POST', '/v1/events', event],
    ['others', 5, 'GET', '/v1/templates', undefined],
  ] as const)('gets 429 for %s over its rate, and is told when to come again', async (name, limit, method, path, body) => {
    const { call } = await eventually(() => rated().tenant()); // making it may exceed the admin key's rate
    await eventually(async () => (await call('GET', '/v1/templates')).headers.has('ratelimit')); // Redis is connected
    const answers = await Promise.all(Array.from({ length: 3 * limit }, () => call(method, path, body)));
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThan(0);
    expect(answers.length - refused.length).toBeGreaterThan(0);
    for (const { headers } of answers) {
      expect(headers.get('ratelimit-policy')).toBe(`"${name}";q=${limit};w=1`);
      expect(headers.get('ratelimit')).toMatch(new RegExp(`^"${name}";r=\\d+;t=1$`));
    }
    for (const { headers, body: problem } of refused) {
      expect(headers.get('retry-after')).toBe('1');
      expect(problem).toMatchObject({ type: 'urn:passwire:problem:too-many-requests' });
    }
    await expect.poll(async () => (await call(method, path, body)).status).not.toBe(429);
  });
});

describe('a key with too much in progress', () => {
  test('gets 429 for the request after as many as it may have, until one ends', async () => {
    const key = (await api().tenant()).key;
    const slow = await Promise.all(Array.from({ length: 4 }, () => openBody(key, 1000)));
    await expect.poll(async () => (await postEvent(key)).status).toBe(429);
    for (const client of slow) client.endSending();
    await expect.poll(async () => (await postEvent(key)).status).toBe(422);
  });

  test.each(['plain', 'chunked', 'compressed'])('gets 429 for %s bodies that are too large together', async (how) => {
    const key = (await api().tenant()).key;
    const [first, second] = [await openBody(key, 6 * MIB), await openBody(key, 6 * MIB)];
    const text = ' '.repeat(5 * MIB);
    first.send(text);
    await expect.poll(() => heldBy(key, how)).toBe(429);
    second.endSending();
    first.endSending();
    await expect.poll(() => heldBy(key, how)).toBe(400);
  });

  test('takes nothing from other keys with bodies that it only announces', async () => {
    const [key, other] = [(await api().tenant()).key, (await api().tenant()).key];
    for (let opened = 0; opened < 3; opened++) await openBody(key, 8 * MIB);
    expect((await postEvent(other)).status).toBe(422);
  });
});

describe('unknown keys', () => {
  test('are answered 401, whatever address a trusted proxy names, and do not touch valid ones', async () => {
    const key = (await api().tenant()).key;
    const from = (address: string, text = 'pwk_x') => ({
      headers: { authorization: `Bearer ${text}`, 'x-forwarded-for': address },
    });
    expect((await api().raw('/v1/events', from('192.0.2.9', key))).status).toBe(200);
    const another = await api().makeKey('admin');
    await api().admin('DELETE', `/v1/api-keys/${another.id}`); // empties the cache of keys
    for (let time = 0; time < 22; time++) expect((await api().raw('/v1/events', from('192.0.2.9'))).status).toBe(401);
    const waiting = Array.from({ length: 60 }, () => api().raw('/v1/events', from('192.0.2.9')));
    const ofTheKey = await Promise.all(Array.from({ length: 3 }, () => api().raw('/v1/events', from('192.0.2.9', key))));
    expect(ofTheKey.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect((await Promise.all(waiting)).map(({ status }) => status)).toContain(429);
    expect((await api().raw('/v1/events', from('192.0.2.10'))).status).toBe(401);
    expect((await postEvent(key)).status).toBe(422);
  });
});

function postEvent(key: string): Promise<Response> {
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  return api().raw('/v1/events', { method: 'POST', headers, body: JSON.stringify(event) });
}

/** The status for a body of 4 MiB of blanks, which is no JSON once it was read. */
async function heldBy(key: string, how: string): Promise<number> {
  const text = ' '.repeat(4 * MIB);
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  const init = { method: 'POST', headers };
  if (how === 'compressed') {
    const packed = new Uint8Array(gzipSync(text));
    return (
      await api().raw('/v1/events/batch', { ...init, headers: { ...headers, 'content-encoding': 'gzip' }, body: packed })
    ).status;
  }
  if (how === 'plain') return (await api().raw('/v1/events/batch', { ...init, body: text })).status;
  const body = new Blob([text]).stream();
  return (await api().raw('/v1/events/batch', { ...init, body, duplex: 'half' } as RequestInit)).status;
}

/** A request with events that was admitted, and whose body is announced and does not come yet. */
async function openBody(key: string, bytes: number): Promise<RawClient> {
  const client = await RawClient.connect(api().origin);
  client.send(headOf({ path: '/v1/events/batch', key, headers: { 'content-length': bytes, expect: '100-continue' } }));
  await expect.poll(() => client.statuses).toEqual([100]);
  return client;
}
