import { request } from 'node:http';
import { beforeAll, describe, expect, test } from 'vitest';
import { describeDoors } from '../../../src/api/compat/describe-doors.ts';
import { DOORS } from '../../../src/api/compat/index.ts';
import { useApi } from '../api/api.ts';
import { made } from '../api/tenant-with-all.ts';
import { basic, type DoorTenant, knockAt, tenantWithTemplate } from './door.ts';

const api = useApi({ env: { DATABASE_POOL: '1' } });

const CREDENTIALS: Readonly<Record<string, (key: string) => string>> = {
  vibes: (key) => basic('x', key),
  passcreator: (key) => key,
  passentry: (key) => `Bearer ${key}`,
  zapier: (key) => `Bearer ${key}`,
};
const LIST = {
  vibes: '/companies/acme/config/callbacks',
  passcreator: '/api/hook/list',
  passentry: '/api/v1/webhook-subscriptions',
  zapier: '/samples?trigger=pass.created',
} as const;
const CREATE = {
  vibes: LIST.vibes,
  passcreator: '/api/hook/subscribe',
  passentry: LIST.passentry,
  zapier: '/hooks',
} as const;

const url = 'https://93.184.216.34/hook';
const BODY: Readonly<Record<string, object>> = {
  vibes: { event_type: 'wallet_item_install', wallet_item_install: { campaign_token: 'loyalty' }, destination: { url } },
  passcreator: { target_url: url, event: 'pass_created' },
  passentry: { webhookSubscription: { url, subscribedEvents: ['passCreated'] } },
  zapier: { hookUrl: url, trigger: 'pass.created' },
};

let tenant: DoorTenant;

beforeAll(async () => {
  tenant = await tenantWithTemplate(api());
  await made(tenant.v1('POST', '/v1/integrations', { name: 'Vibes', dialect: 'vibes', options: { companyKey: 'acme' } }));
});

const door = (name: string, authorization?: string) =>
  knockAt(api(), name, authorization ?? CREDENTIALS[name]?.(tenant.key));

describe.each(Object.keys(LIST) as (keyof typeof LIST)[])('%s', (name) => {
  test('D1: the path is accepted with and without a closing slash, and others are 404 in the vendor’s shape', async () => {
    const [path = '', query] = LIST[name].split('?');
    for (const slash of ['', '/']) {
      expect((await door(name)('GET', `${path}${slash}${query ? `?${query}` : ''}`)).status).toBe(200);
    }
    expect((await door(name)('GET', '/api/unknown')).status).toBe(404);
    expect((await door(name)('GET', '/%E0%A4%A')).status).toBe(404);
  });

  test('D2: the key is taken in the vendor’s way; a missing, wrong or otherwise sent one is 401', async () => {
    for (const authorization of ['', CREDENTIALS[name]?.('pwk_wrong') ?? '', 'Digest x', 'Basic !']) {
      const answer = await door(name, authorization)('GET', LIST[name]);
      expect(answer.status).toBe(401);
      expect(answer.headers.get('www-authenticate')).toBeTruthy();
    }
  });

  test('D4: a key of another role is 403', async () => {
    for (const role of ['producer', 'support']) {
      const { key } = await api().makeKey(role, tenant.id);
      expect((await door(name, CREDENTIALS[name]?.(key))('GET', LIST[name])).status).toBe(403);
    }
    expect((await door(name, CREDENTIALS[name]?.(api().adminKey))('GET', LIST[name])).status).toBe(403);
  });

  test('D4: 400, 405, 413 and 415 have the vendor’s shape', async () => {
    const call = door(name);
    expect((await call('POST', CREATE[name], '{"a":1} // comment')).status).toBe(400);
    expect((await call('POST', CREATE[name], '{{"a":1}')).status).toBe(400);
    expect((await call('POST', CREATE[name], `"${'x'.repeat(1024 * 1024)}"`)).status).toBe(413);
    expect((await call('POST', CREATE[name], '{}', { 'content-type': 'text/plain' })).status).toBe(415);
    const wrong = await call('PATCH', CREATE[name], {});
    expect(wrong.status).toBe(405);
    expect(wrong.headers.get('allow')).toContain('POST');
  });

  test('D4: what is missing is refused with its name, and nothing is stored', async () => {
    const stored = await api().stored();
    const answer = await door(name)('POST', CREATE[name], {});
    expect(answer.status).toBe(name === 'passcreator' ? 400 : 422);
    expect(answer.text).toMatch(/destination|event|webhookSubscription|hookUrl/);
    expect(await api().stored()).toBe(stored);
  });

  test('D7: a creation with an Idempotency-Key is answered once; with another body the key is refused', async () => {
    const headers = { 'idempotency-key': `once-${name}` };
    const first = await door(name)('POST', CREATE[name], BODY[name], headers);
    expect(first.status, first.text).toBe(201);
    const again = await door(name)('POST', CREATE[name], BODY[name], headers);
    expect(again.status).toBe(201);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    const other = await door(name)('POST', CREATE[name], { ...BODY[name], more: true }, headers);
    expect(other.status).toBe(name === 'passcreator' ? 400 : 422);
  });

  test('D3, with a pool of one connection: what is created is an ordinary subscription', async () => {
    const { data } = (await tenant.v1('GET', '/v1/subscriptions?limit=100')).body;
    expect(data.filter((subscription) => subscription.url === url).length).toBeGreaterThan(0);
  });
});

test('a PUT without a body is refused in the vendor’s shape, and the connection lives', async () => {
  const status = await new Promise<number | undefined>((resolve, reject) => {
    const { port } = new URL(api().origin);
    const path = '/compat/vibes/companies/acme/config/callbacks/sub_0198c3f0-3c1e-7d2a-9f43-5b8a6d0e1c77';
    request({ port, path, method: 'PUT', headers: { authorization: basic('x', tenant.key) } }, (response) => {
      response.resume().once('end', () => resolve(response.statusCode));
    })
      .once('error', reject)
      .end();
  });
  expect(status).toBe(422);
});

test('the document describes every route of every door', async () => {
  const response = await api().raw('/compat/openapi.json', {});
  expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
  const document = (await response.json()) as { paths: Record<string, Record<string, { operationId: string }>> };
  expect(document).toEqual(JSON.parse(JSON.stringify(describeDoors(DOORS))));
  for (const { name, routes } of DOORS) {
    for (const { method, path, operationId } of routes) {
      expect(document.paths[`/compat/${name}${path}`]?.[method]?.operationId).toBe(operationId);
    }
  }
});
