import { describe, expect, test } from 'vitest';
import { ABSOLUTE_MS, IDLE_MS } from '../../../src/api/console/session.ts';
import { operationsOf } from '../../../src/api/permissions.ts';
import { type Api, useApi } from './api.ts';

const api = useApi();

/** What a browser sends with a request of an own page. */
function own({ origin }: Api): Record<string, string> {
  return { origin, 'x-passwire-console': '1', 'sec-fetch-site': 'same-origin', 'content-type': 'application/json' };
}

async function signIn(key: string, headers = own(api())) {
  const response = await api().raw('/v1/sign-in', { method: 'POST', headers, body: JSON.stringify({ key }) });
  const setCookie = response.headers.get('set-cookie') ?? '';
  return { response, setCookie, cookie: setCookie.split(';')[0] ?? '', body: await jsonOf(response) };
}

/** A request with the cookie of a session. */
function withCookie(cookie: string, path: string, init: RequestInit = {}) {
  return api().raw(path, { ...init, headers: { cookie, ...init.headers } });
}

async function jsonOf(response: Response): Promise<Readonly<Record<string, unknown>>> {
  return (await response.json()) as Readonly<Record<string, unknown>>;
}

describe('signing in', () => {
  test('makes a cookie that stands for the key, and reveals nothing of it', async () => {
    const { id, key } = await api().tenant();
    const { response, setCookie, cookie, body } = await signIn(key);
    expect(response.status).toBe(200);
    expect(setCookie).toMatch(
      /^passwire=[\w-]+\.[\w-]+; Max-Age=(28800|28799); Path=\/; Expires=[^;]+; HttpOnly; SameSite=Strict$/,
    );
    expect(cookie).not.toContain(key);
    expect(body).toMatchObject({ role: 'tenant', tenant: { id, name: 'Acme' }, key: { name: 'tenant' } });
    const me = await jsonOf(await withCookie(cookie, '/v1/me'));
    expect(me).toEqual({ ...body, now: expect.any(String), expiresInMs: expect.any(Number) });
    expect(me.can).toEqual(operationsOf('tenant'));
    expect((await withCookie(cookie, '/v1/templates')).status).toBe(200);
  });

  test('over https the cookie is Secure and bound to the host, whether or not the proxy is trusted', async () => {
    const origin = api().origin.replace('http:', 'https:');
    const { setCookie, cookie } = await signIn(api().adminKey, { ...own(api()), origin });
    expect(setCookie).toMatch(/^__Host-passwire=.*; Path=\/; .*; Secure; /);
    expect((await withCookie(cookie, '/v1/me')).status).toBe(200);
  });

  test('with an unknown key is refused, with a field error when there is none', async () => {
    const wrong = await signIn('pwk_unknown');
    expect(wrong.response.status).toBe(401);
    expect(wrong.setCookie).toBe('');
    const response = await api().raw('/v1/sign-in', { method: 'POST', headers: own(api()), body: '{}' });
    expect(response.status).toBe(422);
    expect((await jsonOf(response)).errors).toEqual([{ pointer: '/key', detail: expect.any(String) }]);
  });

  test('from another site is refused', async () => {
    const { response, setCookie } = await signIn(api().adminKey, { ...own(api()), origin: 'https://evil.example' });
    expect(response.status).toBe(403);
    expect(setCookie).toBe('');
  });
});

describe('a session', () => {
  test('changes something only for a page of this host with the header of the console', async () => {
    const { cookie } = await signIn(api().adminKey);
    const post = (headers: Record<string, string>) =>
      withCookie(cookie, '/v1/tenants', { method: 'POST', headers, body: JSON.stringify({ name: 'Acme' }) });
    const { 'x-passwire-console': _, ...headerless } = own(api());
    const before = await api().stored();
    const refused = [
      await post(headerless),
      await post({ ...own(api()), origin: 'https://evil.example' }),
      await post({ ...own(api()), origin: 'null' }),
      await post({ ...own(api()), 'sec-fetch-site': 'same-site' }),
    ];
    expect(refused.map(({ status }) => status)).toEqual([403, 403, 403, 403]);
    const [first, second] = await Promise.all(refused.slice(0, 2).map(jsonOf));
    expect(first).toMatchObject({ type: 'urn:passwire:problem:foreign-origin', detail: /x-passwire-console: 1/ });
    expect(second?.detail).toContain('https://evil.example');
    expect(await api().stored()).toBe(before);
    expect((await post(own(api()))).status).toBe(201);
  });

  test('ends when its key is revoked', async () => {
    const { id } = await api().tenant();
    const key = await api().makeKey('support', id);
    const { cookie } = await signIn(key.key);
    expect((await withCookie(cookie, '/v1/me')).status).toBe(200);
    expect((await api().admin('DELETE', `/v1/api-keys/${key.id}`)).status).toBe(204);
    const response = await withCookie(cookie, '/v1/me');
    expect(response.status).toBe(401);
    expect((await jsonOf(response)).detail).toContain('revoked');
    expect(response.headers.get('set-cookie')).toContain('passwire=;');
  });

  test('ends by signing out, as far as the browser knows it', async () => {
    const { cookie } = await signIn(api().adminKey);
    const response = await withCookie(cookie, '/v1/sign-out', { method: 'POST', headers: own(api()) });
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ endSessionUrl: null });
    expect(response.headers.getSetCookie()).toEqual([
      expect.stringMatching(/^__Host-passwire=; .*Expires=Thu, 01 Jan 1970/),
      expect.stringMatching(/^passwire=; .*Expires=Thu, 01 Jan 1970/),
    ]);
    expect((await withCookie(cookie, '/v1/sign-out', { method: 'POST' })).status).toBe(403);
  });

  test.each(['passwire=', 'passwire=nothing', 'passwire=test.AAAA', `passwire=k9.${'A'.repeat(200)}`])(
    'that was not made here is none: %s',
    async (cookie) => {
      const response = await withCookie(cookie, '/v1/me');
      expect(response.status).toBe(401);
    },
  );

  test('a key counts before a cookie, and needs no header of the console', async () => {
    const { cookie } = await signIn(api().adminKey);
    const { key, id } = await api().tenant();
    const me = await withCookie(cookie, '/v1/me', { headers: { authorization: `Bearer ${key}` } });
    expect(await me.json()).toMatchObject({ role: 'tenant', tenant: { id }, expiresInMs: null });
  });
});

test('a session lasts 8 hours without use, and 24 hours in all', () => {
  expect([IDLE_MS, ABSOLUTE_MS]).toEqual([8 * 3_600_000, 24 * 3_600_000]);
});

describe('the console', () => {
  test('tells what it is without a key', async () => {
    const response = await api().raw('/v1/console-config', {});
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      version: expect.any(String),
      theme: 'auto',
      demoReceiverUrl: null,
      oidc: null,
    });
  });

  test('is where the root leads to', async () => {
    const response = await api().raw('/', { redirect: 'manual' });
    expect([response.status, response.headers.get('location')]).toEqual([302, '/console']);
  });
});
