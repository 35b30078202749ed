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
    const { status, pointers, detail } = await refused('POST', '/v1/templates', body);
    expect(status, detail).toBe(422);
    expect(pointers, detail).toContain(pointer);
  });

  test('an externalId that is taken is 409', async () => {
    const { status, pointers } = await refused('POST', '/v1/templates', { name: 'x', externalId: 'loyalty' });
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
    ['a negative wait', integration({ policy: { retryDelaysMs: [-1] } }), '/policy/retryDelaysMs/0'],
    ['the old name of the waits', integration({ policy: { scheduleMs: [0, 1500] } }), '/policy/scheduleMs'],
    ['a weak secret', integration({ secrets: { webhook: 'whsec_YWJj' } }), '/secrets/webhook'],
  ])('%s is 422', async (_what, body, pointer) => {
    const { status, pointers, detail } = await refused('POST', '/v1/integrations', body);
    expect(status, detail).toBe(422);
    expect(pointers, detail).toContain(pointer);
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
