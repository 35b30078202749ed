import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';
import { useApi } from './api.ts';
import { installed, made, type TenantWithAll, tenantWithAll } from './tenant-with-all.ts';

const api = useApi();
let tenant: TenantWithAll;
let vibes: string;
let passcreator: string;
let passentry: string;

beforeAll(async () => {
  tenant = await tenantWithAll(api());
  const make = async (dialect: string, options: object = {}) =>
    (await made(tenant.call('POST', '/v1/integrations', { name: dialect, dialect, options }))).id;
  vibes = await make('vibes', { companyKey: 'k' });
  passcreator = await make('passcreator');
  passentry = await make('passentry');
});

/** Sends what is wrong; says what came, and makes sure that nothing was stored. */
async function refusal(method: string, path: string, body: unknown) {
  const before = await api().stored();
  const answer = await tenant.call(method, path, body);
  expect(await api().stored(), answer.text).toBe(before);
  const { status, body: problem } = answer;
  return { status, pointers: (problem.errors ?? []).map(({ pointer }) => pointer), detail: String(problem.detail) };
}

const hook = 'http://127.0.0.1:9/hook';
const subscription = (more: object = {}) => ({
  integrationId: tenant.ids.integration,
  templateId: tenant.ids.template,
  trigger: 'pass.installed',
  url: hook,
  ...more,
});

describe('a subscription with', () => {
  test.each<[string, () => object, string, string]>([
    ['an unknown trigger', () => ({ trigger: 'pass.instaled' }), '/trigger', 'did you mean pass.installed'],
    ['a trigger the dialect lacks', () => ({ trigger: 'pass.scanned' }), '/trigger', 'it has pass.created, pass.installed'],
    ['a trigger the vendor deprecated', () => ({ trigger: 'pass.tapped', integrationId: passentry }), '/trigger', ''],
    ['a template that is no id', () => ({ templateId: 'nonsense' }), '/templateId', 'no template of this tenant'],
    [
      'an integration that is no id',
      () => ({ integrationId: 'nonsense' }),
      '/integrationId',
      'no integration of this tenant',
    ],
    ['a malformed URL', () => ({ url: 'no url' }), '/url', ''],
    ['a private address', () => ({ url: 'http://10.0.0.1/' }), '/url', ''],
    ['the metadata address', () => ({ url: 'http://169.254.169.254/latest' }), '/url', ''],
    ['a disguised private address', () => ({ url: 'http://[::ffff:10.0.0.1]/' }), '/url', ''],
    ['another scheme', () => ({ url: 'ftp://example.com/' }), '/url', ''],
    ['credentials in the URL', () => ({ url: 'https://a:b@example.com/' }), '/url', ''],
    ['no URL', () => ({ url: undefined }), '/url', ''],
    ['a wrong type', () => ({ url: 1 }), '/url', 'expected string'],
    ['an unknown name', () => ({ ulr: hook }), '/ulr', 'did you mean url'],
    ['an unknown option', () => ({ options: { changedOnyl: true } }), '/options/changedOnyl', 'not a known name'],
    ['an option of a wrong type', () => ({ options: { changedOnly: 'yes' } }), '/options/changedOnly', ''],
    ['an unknown field', () => ({ mapping: { remove: ['first_nmae'] } }), '/mapping/remove/0', 'did you mean first_name'],
    [
      'a rename onto a field',
      () => ({ mapping: { rename: { first_name: 'pass-id' } } }),
      '/mapping/rename/first_name',
      'same name',
    ],
    ['a rename to nothing', () => ({ mapping: { rename: { first_name: ' ' } } }), '/mapping/rename/first_name', 'nothing'],
    ['a rename to a number', () => ({ mapping: { rename: { first_name: '10' } } }), '/mapping/rename/first_name', 'number'],
    [
      'a rename to __proto__',
      () => ({ mapping: { rename: { first_name: '__proto__' } } }),
      '/mapping/rename/first_name',
      '',
    ],
    ['an unknown mapping rule', () => ({ mapping: { renames: {} } }), '/mapping/renames', 'did you mean rename'],
    [
      'a rename onto the signature',
      () => ({
        integrationId: passcreator,
        templateId: null,
        options: { signPayload: true },
        mapping: { rename: { identifier: 'signature' } },
      }),
      '/mapping/rename/identifier',
      'signature',
    ],
    [
      'a nested field unknown',
      () => ({ integrationId: vibes, mapping: { remove: ['/wallet_item/uid'] } }),
      '/mapping/remove/0',
      '',
    ],
  ])('%s is 422', async (_what, more, pointer, words) => {
    const { status, pointers, detail } = await refusal('POST', '/v1/subscriptions', subscription(more()));
    expect(status, detail).toBe(422);
    expect(pointers, detail).toContain(pointer);
    expect(detail).toContain(words);
  });

  test('a template of another tenant is 422', async () => {
    const other = await tenantWithAll(api());
    const { pointers } = await refusal('POST', '/v1/subscriptions', subscription({ templateId: other.ids.template }));
    expect(pointers).toEqual(['/templateId']);
  });

  test('a name that does not resolve yet is only warned about', async () => {
    const { status, body } = await tenant.call(
      'POST',
      '/v1/subscriptions',
      subscription({ url: 'https://nowhere.invalid/' }),
    );
    expect(status).toBe(201);
    expect(body.warnings).toMatchObject([{ pointer: '/url' }]);
  });
});

describe('a template with', () => {
  const field = (more: object) => ({ name: 'x', fields: [{ key: 'a', ...more }] });
  test.each<[string, string, string]>([
    ['an integer-like field key', JSON.stringify(field({ key: '10' })), '/fields/0/key'],
    ['a field key __proto__', JSON.stringify(field({ key: '__proto__' })), '/fields/0/key'],
    ['a member __proto__', '{"name":"x","__proto__":{"a":1}}', '/__proto__'],
    ['a nested member __proto__', '{"name":"x","vendor":{"__proto__":{}}}', '/vendor/__proto__'],
    ['NUL in a text', '{"name":"a\\u0000b"}', '/name'],
    ['NUL in a name', '{"name":"x","a\\u0000":1}', '/a\0'],
    ['a lone surrogate', '{"name":"a\\ud800"}', '/name'],
    [
      'an integer beyond 2^53',
      JSON.stringify(field({})).replace('"a"}', '"a","sample":9007199254740993}'),
      '/fields/0/sample',
    ],
    ['a number beyond a double', JSON.stringify(field({})).replace('"a"}', '"a","sample":1e999}'), '/fields/0/sample'],
    ['a key twice', JSON.stringify({ name: 'x', fields: [{ key: 'a' }, { key: 'a' }] }), '/fields/1/key'],
    ['no name', '{}', '/name'],
    ['a wrong area', JSON.stringify(field({ area: 'backField' })), '/fields/0/area'],
    ['a list for a body', '[]', ''],
    ['null for a body', 'null', ''],
    ['depth', `{"name":${'['.repeat(100)}${']'.repeat(100)}}`, `/name${'/0'.repeat(31)}`],
  ])('%s is 422', async (_what, body, pointer) => {
    const { status, pointers, detail } = await refusal('POST', '/v1/templates', body);
    expect(status, detail).toBe(422);
    expect(pointers, detail).toContain(pointer);
  });

  test('an externalId that is taken is 409', async () => {
    const { status, pointers } = await refusal('POST', '/v1/templates', { name: 'x', externalId: 'loyalty' });
    expect([status, pointers]).toEqual([409, ['/externalId']]);
  });
});

describe('an integration with', () => {
  const integration = (more: object) => ({ name: 'x', dialect: 'walletthat', ...more });
  test.each<[string, object, string]>([
    ['an unknown dialect', integration({ dialect: 'vibe' }), '/dialect'],
    ['options of another dialect', integration({ options: { companyKey: 'k' } }), '/options/companyKey'],
    ['an option missing', integration({ dialect: 'vibes' }), '/options/companyKey'],
    ['a header of ours', integration({ headers: { 'Webhook-Id': 'x' } }), '/headers/Webhook-Id'],
    ['a header that breaks the line', integration({ headers: { 'x-a': 'b\r\nHost: evil' } }), '/headers/x-a'],
    ['a header name that breaks the line', integration({ headers: { 'x-a\r\nb': 'c' } }), '/headers/x-a\r\nb'],
    ['a header twice', integration({ headers: { 'X-A': 'b', 'x-a': 'c' } }), '/headers'],
    ['a timeout too long', integration({ policy: { timeoutMs: 60_000 } }), '/policy/timeoutMs'],
    ['an empty schedule', integration({ policy: { scheduleMs: [] } }), '/policy/scheduleMs'],
    ['a weak secret', integration({ secrets: { webhook: 'whsec_YWJj' } }), '/secrets/webhook'],
  ])('%s is 422', async (_what, body, pointer) => {
    const { status, pointers, detail } = await refusal('POST', '/v1/integrations', body);
    expect(status, detail).toBe(422);
    expect(pointers, detail).toContain(pointer);
  });
});

describe('an event with', () => {
  const text = JSON.stringify(installed('p'));
  test.each<[string, string, string]>([
    ['an unknown trigger', text.replace('pass.installed', 'pass.instaled'), '/type'],
    ['a derived trigger', text.replace('pass.installed', 'pass.first_installed'), '/type'],
    ['an unknown template', text.replace('loyalty', 'loyal'), '/templateId'],
    ['an unknown name', text.replace('"pass"', '"passs":1,"pass"'), '/passs'],
    ['an instant without offset', text.replace('00:00Z', '00:00'), '/occurredAt'],
    ['no device', text.replace(/,"device":.*/, '}'), '/device'],
    ['a platform without os', text.replace('apple', 'other'), '/device/os'],
    ['an integer-like field', text.replace('first_name', '10'), '/pass/fields/10'],
    ['a field __proto__', text.replace('first_name', '__proto__'), '/pass/fields/__proto__'],
    ['a large integer', text.replace('"Ann"', '90071992547409930'), '/pass/fields/first_name'],
    ['an object for a field', text.replace('"Ann"', '{}'), '/pass/fields/first_name'],
    ['NUL in its id', text.replace('"id":"p"', '"id":"\\u0000"'), '/pass/id'],
    ['an id too long', text.replace('"id":"p"', `"id":"${'x'.repeat(513)}"`), '/pass/id'],
  ])('%s is 422', async (_what, body, pointer) => {
    const { status, pointers, detail } = await refusal('POST', '/v1/events', body);
    expect(status, detail).toBe(422);
    expect(pointers, detail).toContain(pointer);
    const batch = await refusal('POST', '/v1/events/batch', `{"events":[${body}]}`);
    expect(batch.status).toBe(202);
  });

  test('another body under the same id is 422', async () => {
    await made(tenant.call('POST', '/v1/events', installed('p', { id: 'producer-1' })), 202);
    const { status, pointers } = await refusal('POST', '/v1/events', installed('q', { id: 'producer-1' }));
    expect([status, pointers]).toEqual([422, ['/id']]);
  });

  test('more than 256 KiB is 413, more than 8 MiB too', async () => {
    const large = installed('p', { pass: { id: 'p', fields: { text: 'x'.repeat(256 * 1024) } } });
    expect(await refusal('POST', '/v1/events', large)).toMatchObject({
      status: 413,
      detail: expect.stringContaining('262144'),
    });
    const padded = `${' '.repeat(8 * 1024 * 1024)}{}`;
    for (const path of ['/v1/events', '/v1/events/batch']) {
      expect(await refusal('POST', path, padded)).toMatchObject({
        status: 413,
        detail: expect.stringContaining('8388608'),
      });
    }
  });
});

describe('a batch', () => {
  test('takes the good ones and says by index what is wrong with the others', async () => {
    const large = installed('p', { pass: { id: 'p', fields: { text: 'x'.repeat(256 * 1024) } } });
    const events = [
      installed('b1'),
      { ...installed('b2'), pass: {} },
      1,
      large,
      installed('b3'),
      installed('b4', { templateId: 'x' }),
    ];
    const { status, body } = await tenant.call('POST', '/v1/events/batch', { events });
    expect(status).toBe(202);
    expect(body).toMatchObject({
      accepted: 2,
      refused: 4,
      results: [
        { index: 0, status: 'accepted', duplicate: false },
        { index: 1, status: 'refused', code: 'invalid-input', errors: [{ pointer: '/events/1/pass/id' }] },
        { index: 2, status: 'refused', code: 'invalid-input', errors: [{ pointer: '/events/2' }] },
        { index: 3, status: 'refused', code: 'too-large', errors: [{ pointer: '/events/3' }] },
        { index: 4, status: 'accepted' },
        { index: 5, status: 'refused', code: 'unknown-template', errors: [{ pointer: '/events/5/templateId' }] },
      ],
    });
  });

  test('of a thousand is taken', async () => {
    const events = Array.from({ length: 1000 }, (_, index) => installed(`many-${index}`));
    expect((await tenant.call('POST', '/v1/events/batch', { events })).body).toMatchObject({ accepted: 1000, refused: 0 });
  });

  test.each<[string, string, string]>([
    ['of more than a thousand', JSON.stringify({ events: Array.from({ length: 1001 }, () => 1) }), '/events'],
    ['of none', '{"events":[]}', '/events'],
    ['that is no list', '{"events":{}}', '/events'],
    ['without events', '{}', '/events'],
    ['with an unknown name', '{"events":[{}],"evens":[]}', '/evens'],
    ['with __proto__', '{"events":[{}],"__proto__":[]}', '/__proto__'],
    ['that is a list', '[]', ''],
  ])('%s is 422', async (_what, body, pointer) => {
    const { status, pointers, detail } = await refusal('POST', '/v1/events/batch', body);
    expect(status, detail).toBe(422);
    expect(pointers).toContain(pointer);
  });
});

describe('a request', () => {
  const post = (body: BodyInit, headers: Record<string, string>) =>
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
    expect((await post('{"name":"x"}', { ...json, 'content-encoding': 'zip' })).status).toBe(415);
  });

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
    ['subscriptionId=nonsense', '/subscriptionId'],
    ['after=yesterday', '/after'],
    ['passId=%00', '/passId'],
    ['__proto__=1', '/__proto__'],
  ])('with the query %s is 422', async (query, pointer) => {
    const { status, pointers, detail } = await refusal('GET', `/v1/deliveries?${query}`, undefined);
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

  test('with an id of its own keeps it in the answer', async () => {
    const { headers, body } = await tenant.call('GET', '/v1/nothing', undefined, { 'x-request-id': 'my-request-1' });
    expect(headers.get('x-request-id')).toBe('my-request-1');
    expect(body).toMatchObject({ requestId: 'my-request-1', instance: 'urn:passwire:request:my-request-1' });
    const bad = await tenant.call('GET', '/v1/nothing', undefined, { 'x-request-id': '<script>' });
    expect(bad.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe('changes that are wrong leave everything as it was', () => {
  test.each<[string, () => string, object, string]>([
    [
      'an unknown known field',
      () => `/v1/subscriptions/${tenant.ids.subscription}`,
      { knownFields: ['first_nam'] },
      '/knownFields/0',
    ],
    ['no known fields', () => `/v1/subscriptions/${tenant.ids.subscription}`, { knownFields: null }, '/knownFields'],
    ['another trigger', () => `/v1/subscriptions/${tenant.ids.subscription}`, { trigger: 'pass.created' }, '/trigger'],
    ['a private URL', () => `/v1/subscriptions/${tenant.ids.subscription}`, { url: 'http://192.168.0.1/' }, '/url'],
    [
      'a bad mapping',
      () => `/v1/subscriptions/${tenant.ids.subscription}`,
      { mapping: { remove: ['x'] } },
      '/mapping/remove/0',
    ],
    ['another dialect', () => `/v1/integrations/${tenant.ids.integration}`, { dialect: 'vibes' }, '/dialect'],
    ['a header blanked', () => `/v1/integrations/${tenant.ids.integration}`, { headers: { 'x-a': '***' } }, '/headers/x-a'],
    ['an unknown name', () => `/v1/templates/${tenant.ids.template}`, { nmae: 'x' }, '/nmae'],
  ])('%s', async (_what, path, patch, pointer) => {
    const before = (await tenant.call('GET', path())).text;
    const { status, body, text } = await tenant.call('PATCH', path(), patch);
    expect(status, text).toBe(422);
    expect(body.errors.map((error) => error.pointer)).toContain(pointer);
    expect((await tenant.call('GET', path())).text).toBe(before);
  });
});
