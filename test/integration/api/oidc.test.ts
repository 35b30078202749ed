import { describe, expect, test } from 'vitest';
import { JO, providerEnv, useProvider } from '../../support/identity-provider.ts';
import { useApi } from './api.ts';

const provider = useProvider();
const api = useApi({ env: () => providerEnv(provider()) });

/** A browser with the cookies of the API, which follows no redirect by itself. */
class Browser {
  readonly cookies = new Map<string, string>();
  lastSetCookies: readonly string[] = [];

  async get(path: string): Promise<{ readonly status: number; readonly location: string; readonly json: unknown }> {
    const response = await api().raw(path, { headers: { cookie: this.#cookie() }, redirect: 'manual' });
    this.#keep(response);
    const text = await response.text();
    const json = text === '' ? undefined : JSON.parse(text);
    return { status: response.status, location: response.headers.get('location') ?? '', json };
  }

  async post(path: string, body: object = {}): Promise<Response> {
    const own = { origin: api().origin, 'x-passwire-console': '1', 'content-type': 'application/json' };
    const headers = { ...own, cookie: this.#cookie() };
    const response = await api().raw(path, { method: 'POST', headers, body: JSON.stringify(body) });
    this.#keep(response);
    return response;
  }

  #cookie(): string {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  #keep(response: Response): void {
    this.lastSetCookies = response.headers.getSetCookie();
    for (const cookie of this.lastSetCookies) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      if (value === '') this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
  }
}

/** What the provider leads back to. */
async function atProvider(location: string): Promise<string> {
  const response = await fetch(location, { redirect: 'manual' });
  const back = new URL(response.headers.get('location') ?? '');
  expect(back.origin).toBe(api().origin);
  return `${back.pathname}${back.search}`;
}

/** @returns where the callback leads to */
async function signIn(
  browser = new Browser(),
  to = '/',
): Promise<{ readonly browser: Browser; readonly location: string }> {
  const { location } = await browser.get(`/v1/sign-in/oidc?to=${encodeURIComponent(to)}`);
  const ended = await browser.get(await atProvider(location));
  expect(ended.status).toBe(302);
  return { browser, location: ended.location };
}

describe('signing in with OpenID Connect', () => {
  test('asks for a code with PKCE, state and nonce, and keeps them in a cookie of its own', async () => {
    const browser = new Browser();
    const { status, location } = await browser.get('/v1/sign-in/oidc');
    expect(status).toBe(302);
    const url = new URL(location);
    expect(url.origin).toBe(provider().issuer);
    expect(Object.fromEntries(url.searchParams)).toEqual({
      client_id: 'passwire',
      response_type: 'code',
      redirect_uri: `${api().origin}/v1/sign-in/oidc/callback`,
      scope: 'openid profile email',
      state: expect.stringMatching(/^[\w-]{43}$/),
      nonce: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge_method: 'S256',
    });
    expect(browser.lastSetCookies).toEqual([
      expect.stringMatching(/^passwire-oidc=[\w.-]+; Max-Age=600; Path=\/v1\/sign-in\/oidc; .*HttpOnly; SameSite=Lax$/),
    ]);
    expect(browser.lastSetCookies[0]).not.toContain(url.searchParams.get('state'));
    await browser.get(await atProvider(location));
    expect(provider().lastGrant).toMatchObject({ code_verifier: expect.stringMatching(/^[\w-]{43}$/) });
  });

  test('makes a session of the person, and leads to the page that was asked for', async () => {
    const { browser, location } = await signIn(new Browser(), '/deliveries?state=dead');
    expect(location).toBe('/console/deliveries?state=dead');
    expect(browser.lastSetCookies.join('\n')).toMatch(/^passwire=.*HttpOnly; SameSite=Strict$/m);
    expect([...browser.cookies.keys()]).toEqual(['passwire']);
    const { json } = await browser.get('/v1/me');
    expect(json).toMatchObject({
      role: 'support',
      tenant: null,
      key: null,
      person: { id: expect.stringMatching(/^psn_/), subject: 'jo-7', name: 'Jo Doe', email: 'jo@example.com' },
      expiresInMs: expect.any(Number),
    });
  });

  test.each([
    ['a list', { groups: ['x', 'passwire-admin', 'passwire-support'] }, 'admin'],
    ['text', { groups: 'helpdesk' }, 'support'],
  ])('takes the role from a claim that is %s', async (_form, claims, role) => {
    provider().claims = { ...JO, ...claims };
    const { browser } = await signIn();
    expect((await browser.get('/v1/me')).json).toMatchObject({ role });
  });

  test('takes it from userinfo where the ID token lacks it', async () => {
    provider().claims = { sub: 'ann-1' };
    provider().moreClaims = { groups: ['passwire-admin'], preferred_username: 'ann' };
    const { browser } = await signIn();
    expect((await browser.get('/v1/me')).json).toMatchObject({ role: 'admin', person: { name: 'ann', email: null } });
  });

  test.each([[{ groups: ['staff'] }], [{ groups: [] }], [{ groups: { admin: true } }], [{ groups: undefined }]])(
    'refuses who has no role: %j',
    async (claims) => {
      provider().claims = { ...JO, sub: 'nobody', ...claims };
      const { browser, location } = await signIn(new Browser(), '/keys');
      expect(location).toMatch(/^\/console\/sign-in\?problem=no-role&requestId=[\w-]+&to=%2Fkeys$/);
      expect(browser.cookies.size).toBe(0);
    },
  );

  test('a person who loses the role loses the session too', async () => {
    const { browser } = await signIn();
    expect((await browser.get('/v1/me')).status).toBe(200);
    provider().claims = { ...JO, groups: [] };
    await signIn();
    const { status, json } = await browser.get('/v1/me');
    expect(status).toBe(401);
    expect(json).toMatchObject({ detail: 'The session has ended: this person may not sign in any more.' });
    expect(browser.cookies.size).toBe(0);
  });
});

describe('an answer of the provider', () => {
  const problemOf = (location: string) => new URL(location, api().origin).searchParams.get('problem');

  async function begin(): Promise<{ readonly browser: Browser; readonly callback: string }> {
    const browser = new Browser();
    return { browser, callback: await atProvider((await browser.get('/v1/sign-in/oidc')).location) };
  }

  test('with another state is refused', async () => {
    const { browser, callback } = await begin();
    const { location } = await browser.get(callback.replace(/state=[^&]+/, 'state=other'));
    expect(problemOf(location)).toBe('mismatch');
    expect(browser.cookies.size).toBe(0);
  });

  test('is accepted once, even from a browser that kept the cookie', async () => {
    const { browser, callback } = await begin();
    const kept = new Map(browser.cookies);
    expect((await browser.get(callback)).location).toBe('/console/');
    expect(problemOf((await browser.get(callback)).location)).toBe('expired');
    for (const [name, value] of kept) browser.cookies.set(name, value);
    browser.cookies.delete('passwire');
    expect(problemOf((await browser.get(callback)).location)).toMatch(/^(mismatch|failed)$/);
    expect(browser.cookies.size).toBe(0);
  });

  test('of a sign-in that another browser began is refused', async () => {
    const { callback } = await begin();
    const { browser: other } = await begin();
    expect(problemOf((await other.get(callback)).location)).toBe('mismatch');
    expect(problemOf((await new Browser().get(callback)).location)).toBe('expired');
  });

  test('that denies leads back with the reason', async () => {
    provider().refusal = 'access_denied';
    const { browser, callback } = await begin();
    expect(problemOf((await browser.get(callback)).location)).toBe('denied');
    provider().refusal = 'temporarily_unavailable';
    const second = await begin();
    expect(problemOf((await second.browser.get(second.callback)).location)).toBe('failed');
  });

  test.each([
    ['has expired', { exp: 1 }],
    ['is for another client', { aud: 'another' }],
    ['comes from another issuer', { iss: 'https://evil.example' }],
    ['has another nonce', { nonce: 'other' }],
  ])('whose token %s is refused', async (_what, claims) => {
    const { browser, callback } = await begin();
    provider().claims = { ...JO, ...claims };
    expect(problemOf((await browser.get(callback)).location)).toBe('failed');
    expect(browser.cookies.size).toBe(0);
  });

  test('that does not come leads back with the reason, before and after', async () => {
    const { browser, callback } = await begin();
    await provider().stop();
    try {
      expect(problemOf((await browser.get(callback)).location)).toBe('unreachable');
    } finally {
      await provider().start();
    }
    expect((await signIn()).location).toBe('/console/');
  });
});

describe('a session of a person', () => {
  test('acts as the person in the audit log', async () => {
    provider().claims = { ...JO, groups: ['passwire-admin'] };
    const { browser } = await signIn();
    const { person } = (await browser.get('/v1/me')).json as { readonly person: { readonly id: string } };
    const { status } = await browser.post('/v1/tenants', { name: 'Acme' });
    expect(status).toBe(201);
    const { body } = await api().admin('GET', `/v1/audit?actor=${person.id}`);
    expect(body.data).toMatchObject([
      {
        action: 'tenant.created',
        actor: { id: person.id, role: 'admin', name: 'Jo Doe (jo@example.com)', subject: 'jo-7' },
      },
    ]);
  });

  test('needs the header of the console to change something, as any other', async () => {
    const { browser } = await signIn();
    const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { cookie, origin: 'https://evil.example', 'x-passwire-console': '1' };
    expect((await api().raw('/v1/tenants', { method: 'POST', headers, body: '{}' })).status).toBe(403);
  });

  test('ends here and names where it ends at the provider', async () => {
    const { browser } = await signIn();
    const url = new URL(((await (await browser.post('/v1/sign-out')).json()) as { endSessionUrl: string }).endSessionUrl);
    expect(`${url.origin}${url.pathname}`).toBe(`${provider().issuer}/endsession`);
    expect(url.searchParams.get('post_logout_redirect_uri')).toBe(`${api().origin}/console/sign-in`);
    expect(browser.cookies.size).toBe(0);
  });
});

test('the console is told of the provider', async () => {
  const response = await api().raw('/v1/console-config', {});
  expect(await response.json()).toMatchObject({ oidc: { label: 'Acme ID' } });
});
