import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';
import { useApi } from './api.ts';
import { refusal } from './refusal.ts';
import { type TenantWithAll, tenantWithAll } from './tenant-with-all.ts';

const api = useApi();
let tenant: TenantWithAll;

beforeAll(async () => {
  tenant = await tenantWithAll(api());
});

const refused = (method: string, path: string, body?: unknown) => refusal(api(), tenant.call, method, path, body);

describe('a request', () => {
  const post = (body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string>) =>
    api().raw('/v1/templates', { method: 'POST', body, headers: { authorization: `Bearer ${tenant.key}`, ...headers } });
  const json = { 'content-type': 'application/json' };

  test.each<[string, string, number, string]>([
    ['invalid JSON', '{"name":', 400, 'invalid-json'],
    ['a trailing comma', '{"name":"x",}', 400, 'invalid-json'],
  ])('with %s is %s', async (_what, body, status, code) => {
    const response = await post(body, json);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ type: `urn:passwire:problem:${code}`, status });
  });

  test('that is not UTF-8 is 400', async () => {
    const response = await post(new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x7d]), json);
    expect(response.status).toBe(400);
  });

  test.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'application/vnd.api+json',
    'application/json; charset=iso-8859-1',
    'multipart/form-data; boundary=x',
    '',
  ])('of the content type %j is 415', async (type) => {
    const response = await post('{"name":"x"}', { 'content-type': type });
    expect(response.status).toBe(415);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
  });

  test.each(['application/json', 'Application/JSON; charset=UTF-8', 'application/json;charset="utf-8"'])(
    'of the content type %j is taken',
    async (type) => {
      expect((await post('{"name":"x"}', { 'content-type': type })).status).toBe(201);
    },
  );

  test('that is compressed is taken, and counts in full', async () => {
    const gzip = { ...json, 'content-encoding': 'gzip' };
    expect((await post(new Uint8Array(gzipSync('{"name":"x"}')), gzip)).status).toBe(201);
    const bomb = new Uint8Array(gzipSync(Buffer.alloc(64 * 1024 * 1024, ' ')));
    expect((await post(bomb, gzip)).status).toBe(413);
    expect((await post('{"name":"x"}', gzip)).status).toBe(400);
  });

  test.each(['zip', 'constructor', '__proto__'])('of the content encoding %s is 415', async (encoding) => {
    expect((await post('{"name":"x"}', { ...json, 'content-encoding': encoding })).status).toBe(415);
  });

  test.each(['/v1/templates', '/v1/events', '/v1/events/batch'])(
    'of more than 200,000 members and elements is 413 at %s, the limit named',
    async (path) => {
      const call = (zeros: number) => tenant.call('POST', path, `{"x":[${'0,'.repeat(zeros - 1)}0]}`);
      const refusedBody = await call(200_000);
      expect(refusedBody.body).toMatchObject({ status: 413, type: 'urn:passwire:problem:too-large' });
      expect(refusedBody.body.detail).toContain('200,000');
      expect((await call(199_998)).body.detail).not.toContain('200,000');
    },
  );

  test('over 1 MiB is 413, the limit named', async () => {
    const response = await post(JSON.stringify({ name: 'x'.repeat(1024 * 1024) }), json);
    expect(response.status).toBe(413);
    expect(await response.json()).toMatchObject({ detail: expect.stringContaining('1048576') });
  });

  test.each([
    ['/v1/templates/nonsense', 404],
    ['/v1/templates/tpl_1', 404],
    ['/v1/templates/sub_00000000-0000-7000-8000-000000000000', 404],
    ['/v1/templates/%00', 404],
    ['/v1/templates/%E0%A4%A', 404],
    ['/v1/nothing', 404],
    ['/v1/templates/tpl_00000000-0000-7000-8000-00000000000G', 404],
  ])('to %s is %i', async (path, status) => {
    expect((await tenant.call('GET', path)).status).toBe(status);
  });

  test('by a method the path does not have is 405', async () => {
    const { status, headers } = await tenant.call('PUT', '/v1/templates', {});
    expect([status, headers.get('allow')]).toEqual([405, 'POST, GET']);
  });

  test.each([
    ['limit=0', '/limit'],
    ['limit=101', '/limit'],
    ['limit=ten', '/limit'],
    ['limit=', '/limit'],
    ['limit=1&limit=2', '/limit'],
    ['limt=1', '/limt'],
    ['cursor=nonsense', '/cursor'],
    ['state=dying', '/state'],
    ['state=dead,dying', '/state'],
    ['state=dead,parked', '/state'],
    ['status=600', '/status'],
    ['status=5x', '/status'],
    ['subscriptionId=nonsense', '/subscriptionId'],
    ['after=yesterday', '/after'],
    ['passId=%00', '/passId'],
    ['__proto__=1', '/__proto__'],
  ])('with the query %s is 422', async (query, pointer) => {
    const { status, pointers, detail } = await refused('GET', `/v1/deliveries?${query}`);
    expect(status, detail).toBe(422);
    expect(pointers).toContain(pointer);
  });

  test('with instants at the ends of time is answered', async () => {
    const { status, body } = await tenant.call(
      'GET',
      '/v1/deliveries?after=0001-01-01T00:00:00Z&before=9999-12-31T23:59:59Z&limit=1',
    );
    expect(status).toBe(200);
    expect(body.data).toHaveLength(1);
    expect((await tenant.call('GET', '/v1/events?before=1960-01-01T00:00:00Z')).body.data).toEqual([]);
  });

  test('with an id of its own has it in the answer', async () => {
    const { headers, body } = await tenant.call('GET', '/v1/nothing', undefined, { 'x-request-id': 'my-request-1' });
    expect(headers.get('x-request-id')).toBe('my-request-1');
    expect(body).toMatchObject({ requestId: 'my-request-1', instance: 'urn:passwire:request:my-request-1' });
    const bad = await tenant.call('GET', '/v1/nothing', undefined, { 'x-request-id': '<script>' });
    expect(bad.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });
});
