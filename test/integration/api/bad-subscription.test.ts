import { beforeAll, describe, expect, test } from 'vitest';
import { useApi } from './api.ts';
import { refusal } from './refusal.ts';
import { made, type TenantWithAll, tenantWithAll } from './tenant-with-all.ts';

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

const refused = (method: string, path: string, body?: unknown) => refusal(api(), tenant.call, method, path, body);

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
    ['a wrong type', () => ({ url: 1 }), '/url', 'must be text'],
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
    const { status, pointers, detail } = await refused('POST', '/v1/subscriptions', subscription(more()));
    expect(status, detail).toBe(422);
    expect(pointers, detail).toContain(pointer);
    expect(detail).toContain(words);
  });

  test('a template of another tenant is 422', async () => {
    const other = await tenantWithAll(api());
    const { pointers } = await refused('POST', '/v1/subscriptions', subscription({ templateId: other.ids.template }));
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
