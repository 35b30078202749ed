import { beforeAll, describe, expect, test } from 'vitest';
import { operationsOf } from '../../../src/api/permissions.ts';
import { type Answer, useApi } from './api.ts';
import { type TenantWithAll, tenantWithAll } from './tenant-with-all.ts';

const PLATFORM = 'https://app.example.com';
const api = useApi({
  env: { PORTAL_ORIGINS: `${PLATFORM}, http://localhost:4000`, PORTAL_NAME: 'Acme', PORTAL_COLOUR: '#0b7285' },
});
let ours: TenantWithAll;
let theirs: TenantWithAll;

beforeAll(async () => {
  ours = await tenantWithAll(api());
  theirs = await tenantWithAll(api());
});

interface Link {
  readonly id: string;
  readonly link: string;
  readonly path: string;
}

async function makeLink(input: object = {}): Promise<Link> {
  const answer = await api().admin('POST', '/v1/portal-links', { tenantId: ours.id, permissions: 'manage', ...input });
  expect(answer.status, answer.text).toBe(201);
  return answer.body as unknown as Link;
}

/** What the page at `/portal` sends. */
function own(): Record<string, string> {
  return {
    origin: api().origin,
    'x-passwire-portal': '1',
    'sec-fetch-site': 'same-origin',
    'content-type': 'application/json',
  };
}

function exchange(link: string, as: 'bearer' | 'cookie' = 'bearer', headers = own()): Promise<Response> {
  return api().raw('/v1/portal-tokens', { method: 'POST', headers, body: JSON.stringify({ link, as }) });
}

/** A token of a link that was made for it. */
async function tokenOf(input: object = {}): Promise<string> {
  const response = await exchange((await makeLink(input)).link);
  const { token } = (await response.json()) as { readonly token: string };
  return token;
}

function typeOf({ body }: Answer): unknown {
  return body.type;
}

describe('a link', () => {
  test('is answered once, with what follows the sign of the fragment', async () => {
    const theme = { colour: '#aa3300', name: 'Nord', logo: 'data:image/png;base64,iVBORw0KGgo=' };
    const made = await makeLink({ origin: PLATFORM, theme, person: 'jane', lifetimeMs: 60_000 });
    expect(made).toMatchObject({ tenantId: ours.id, origin: PLATFORM, theme, person: 'jane', lifetimeMs: 60_000 });
    expect(made.path).toBe(`/portal#t=${made.link}&o=https%3A%2F%2Fapp.example.com`);
    const { rows } = await api().sql.query('SELECT * FROM portal_links WHERE id = $1', [made.id.slice(4)]);
    expect(JSON.stringify(rows)).not.toContain(made.link);
    expect(rows[0].expires_at - rows[0].created_at).toBe(15 * 60_000);
  });

  test.each([
    [{ permissions: 'all' }, '/permissions'],
    [{ origin: 'https://evil.example' }, '/origin'],
    [{ lifetimeMs: 1000 }, '/lifetimeMs'],
    [{ theme: { colour: 'red' } }, '/theme/colour'],
    [{ theme: { logo: 'https://evil.example/logo.png' } }, '/theme/logo'],
    [{ theme: { logo: 'data:text/html;base64,PHA+' } }, '/theme/logo'],
    [{ tenantId: 'ten_00000000-0000-7000-8000-000000000000' }, '/tenantId'],
  ])('is refused with %j', async (input, pointer) => {
    const before = await api().stored();
    const sent = { tenantId: ours.id, permissions: 'read', ...input };
    const { status, body } = await api().admin('POST', '/v1/portal-links', sent);
    expect(status).toBe(422);
    expect(body.errors.map((error) => error.pointer)).toEqual([pointer]);
    expect(await api().stored()).toBe(before);
  });

  test('names the origins that would be right', async () => {
    const sent = { tenantId: ours.id, permissions: 'read', origin: 'https://evil.example' };
    const { body } = await api().admin('POST', '/v1/portal-links', sent);
    expect(body.errors[0]?.detail).toContain(PLATFORM);
  });

  test('is made by no other role', async () => {
    for (const key of [
      ours.key,
      (await api().makeKey('support')).key,
      (await api().makeKey('producer')).key,
      await tokenOf(),
    ]) {
      const { status } = await api().with(key)('POST', '/v1/portal-links', { tenantId: ours.id, permissions: 'read' });
      expect(status).toBe(403);
    }
  });

  test('repeated under an Idempotency-Key comes without its text', async () => {
    const send = () =>
      api().admin('POST', '/v1/portal-links', { tenantId: ours.id, permissions: 'read' }, { 'idempotency-key': 'link-1' });
    const [first, second] = [await send(), await send()];
    expect(second.body).toEqual({ ...first.body, path: '', link: '' });
  });
});

describe('exchanging a link', () => {
  test('gives a bearer token with the permissions of the link, and who one is', async () => {
    const { link, id } = await makeLink({ origin: PLATFORM, theme: { name: 'Nord' }, person: 'jane', lifetimeMs: 120_000 });
    const response = await exchange(link);
    expect(response.status).toBe(200);
    expect(response.headers.get('set-cookie')).toBeNull();
    const { token, me } = (await response.json()) as { token: string; me: Record<string, unknown> };
    expect(token).toMatch(/^pwp_[\w-]{43}$/);
    expect(me).toMatchObject({
      role: 'portal',
      tenant: { id: ours.id },
      key: { id, name: 'jane' },
      can: operationsOf('portal'),
      portal: { permissions: 'manage', origin: PLATFORM, theme: { colour: '#0b7285', name: 'Nord', logo: null } },
    });
    const again = await api().with(token)('GET', '/v1/me');
    expect(again.body).toMatchObject({ role: 'portal', tenant: { id: ours.id }, portal: me.portal });
    expect(again.body.expiresInMs).toBeGreaterThan(60_000);
    expect(again.body.expiresInMs).toBeLessThanOrEqual(120_000);
    const { rows } = await api().sql.query('SELECT * FROM portal_links WHERE id = $1', [id.slice(4)]);
    expect(JSON.stringify(rows)).not.toContain(token);
  });

  test('works once, also when it is tried twice at the same time', async () => {
    const { link } = await makeLink();
    const responses = await Promise.all([exchange(link), exchange(link), exchange(link)]);
    expect(responses.map(({ status }) => status).toSorted()).toEqual([200, 409, 409]);
    const refused = await exchange(link, 'cookie');
    expect(refused.status).toBe(409);
    expect(refused.headers.get('set-cookie')).toBeNull();
    expect(await refused.json()).toMatchObject({
      type: 'urn:passwire:problem:portal-link-used',
      detail: 'This link was opened before, and works once. Have another one made.',
    });
  });

  test('works for 15 minutes, by the clock of Postgres', async () => {
    const { link, id } = await makeLink();
    await api().sql.query("UPDATE portal_links SET expires_at = now() - interval '1 ms' WHERE id = $1", [id.slice(4)]);
    const response = await exchange(link);
    expect(response.status).toBe(409);
    expect(await response.json()).toMatchObject({ type: 'urn:passwire:problem:portal-link-ended' });
  });

  test('that nobody has made is 401, and so is a token in its place', async () => {
    expect((await exchange('nothing')).status).toBe(401);
    expect((await exchange(await tokenOf())).status).toBe(401);
  });

  test('is for own pages alone', async () => {
    const { link } = await makeLink();
    const { 'x-passwire-portal': _, ...headerless } = own();
    const statuses = [
      await exchange(link, 'bearer', headerless),
      await exchange(link, 'bearer', { ...own(), origin: PLATFORM }),
      await exchange(link, 'bearer', { ...own(), 'sec-fetch-site': 'cross-site' }),
    ].map(({ status }) => status);
    expect(statuses).toEqual([403, 403, 403]);
    expect((await exchange(link)).status).toBe(200);
  });
});

describe('the cookie', () => {
  async function cookieOf(input: object = {}): Promise<string> {
    const response = await exchange((await makeLink(input)).link, 'cookie');
    expect(await response.json()).toMatchObject({ token: null, me: { tenant: { id: ours.id } } });
    const setCookie = response.headers.get('set-cookie') ?? '';
    expect(setCookie).toMatch(/^passwire-portal=pwp_[\w-]+; Max-Age=3600; Path=\/; .*HttpOnly; SameSite=Strict$/);
    return setCookie.split(';')[0] ?? '';
  }

  test('counts only where the header of the portal is sent', async () => {
    const cookie = await cookieOf();
    const read = (headers: Record<string, string>) => api().raw('/v1/templates', { headers: { cookie, ...headers } });
    expect((await read({})).status).toBe(401);
    expect((await read({ 'x-passwire-console': '1' })).status).toBe(401);
    expect((await read({ 'x-passwire-portal': '1' })).status).toBe(200);
  });

  test('changes something only for a page of this host', async () => {
    const cookie = await cookieOf();
    const post = (headers: Record<string, string>) =>
      api().raw('/v1/templates', { method: 'POST', headers: { cookie, ...headers }, body: JSON.stringify({ name: 'x' }) });
    expect((await post({ ...own(), origin: 'https://evil.example' })).status).toBe(403);
    expect((await post(own())).status).toBe(201);
  });

  test('does not let the session of a person who signed in count in the portal', async () => {
    const headers = { ...own(), 'x-passwire-console': '1' };
    const signIn = await api().raw('/v1/sign-in', {
      method: 'POST',
      headers,
      body: JSON.stringify({ key: api().adminKey }),
    });
    const session = signIn.headers.get('set-cookie')?.split(';')[0] ?? '';
    const me = (cookie: string) => api().raw('/v1/me', { headers: { cookie, 'x-passwire-portal': '1' } });
    expect((await me(session)).status).toBe(401);
    expect(await (await me(`${session}; ${await cookieOf()}`)).json()).toMatchObject({ role: 'portal' });
  });
});

describe('a token', () => {
  test('sees its tenant alone', async () => {
    const call = api().with(await tokenOf());
    expect((await call('GET', '/v1/templates')).text).toContain(ours.ids.template);
    expect((await call('GET', `/v1/templates/${theirs.ids.template}`)).status).toBe(404);
    expect((await call('GET', `/v1/templates?tenantId=${theirs.id}`)).status).toBe(404);
    expect((await call('GET', `/v1/deliveries/${theirs.ids.delivery}`)).status).toBe(404);
    for (const path of ['/v1/tenants', '/v1/api-keys', '/v1/workers', '/v1/erasures']) {
      expect((await call('GET', path)).status, path).toBe(403);
    }
  });

  test('that may manage changes what a tenant key may, and posts no events', async () => {
    const call = api().with(await tokenOf());
    expect((await call('POST', '/v1/templates', { name: 'of the portal' })).status).toBe(201);
    const event = { type: 'pass.created', templateId: 'loyalty', occurredAt: '2026-01-01T00:00:00Z', pass: { id: 'p' } };
    expect((await call('POST', '/v1/events', event)).status).toBe(403);
  });

  test('that may read changes, sends and signs nothing', async () => {
    const call = api().with(await tokenOf({ permissions: 'read' }));
    expect((await call('GET', '/v1/me')).body).toMatchObject({ role: 'portal-reader', portal: { permissions: 'read' } });
    const before = await api().stored();
    const calls: [string, string, object?][] = [
      ['POST', '/v1/templates', { name: 'x' }],
      ['PATCH', `/v1/templates/${ours.ids.template}`, { name: 'x' }],
      ['DELETE', `/v1/subscriptions/${ours.ids.subscription}`],
      ['POST', `/v1/subscriptions/${ours.ids.subscription}/test`],
      ['POST', `/v1/deliveries/${ours.ids.delivery}/replay`, { mode: 'same' }],
      ['POST', `/v1/endpoints/${ours.ids.endpoint}/disable`, { reason: 'x' }],
      ['POST', `/v1/integrations/${ours.ids.integration}/rotate-secret`, { kind: 'webhook' }],
      ['GET', `/v1/deliveries/${ours.ids.delivery}/request`],
    ];
    for (const [method, path, body] of calls) expect((await call(method, path, body)).status, path).toBe(403);
    expect(await api().stored()).toBe(before);
    const reads = operationsOf('portal-reader');
    expect(reads.filter((name) => !/^(get|list|export|search|watch|describe|preview)/.test(name))).toEqual([]);
    expect(reads).not.toContain('previewReplay');
  });

  test('ends by the clock of Postgres', async () => {
    const { link, id } = await makeLink();
    const { token } = (await (await exchange(link)).json()) as { token: string };
    await api().sql.query('UPDATE portal_links SET token_expires_at = now() WHERE id = $1', [id.slice(4)]);
    const answer = await api().with(token)('GET', '/v1/me');
    expect([answer.status, typeOf(answer)]).toEqual([401, 'urn:passwire:problem:unauthenticated']);
    expect(answer.body.detail).toBe('This visit to the portal has ended. Open it again from where you came.');
  });

  test('and a link end with their tenant', async () => {
    const { id } = await api().tenant();
    const token = await tokenOf({ tenantId: id });
    const { link } = await makeLink({ tenantId: id });
    expect((await api().with(token)('GET', '/v1/me')).status).toBe(200);
    expect((await api().admin('DELETE', `/v1/tenants/${id}`)).status).toBe(204);
    expect((await api().with(token)('GET', '/v1/me')).status).toBe(401);
    expect((await exchange(link)).status).toBe(401);
  });

  test('signs nobody in to the console, and opens no registration call of a vendor', async () => {
    const token = await tokenOf();
    const headers = { ...own(), 'x-passwire-console': '1' };
    const signIn = await api().raw('/v1/sign-in', { method: 'POST', headers, body: JSON.stringify({ key: token }) });
    expect(signIn.status).toBe(401);
  });

  test('is named in the audit log with what was done', async () => {
    const { link, id } = await makeLink({ person: 'jane@acme.example' });
    const { token } = (await (await exchange(link)).json()) as { token: string };
    const call = api().with(token);
    const { body } = await call('POST', '/v1/templates', { name: 'audited' });
    const entries = async (query: string) => (await api().admin('GET', `/v1/audit?${query}`)).body.data;
    const actor = { id, role: 'portal', name: 'jane@acme.example' };
    expect(await entries(`target=${body.id}`)).toMatchObject([{ action: 'template.created', actor }]);
    expect(await entries(`target=${id}`)).toMatchObject([
      { action: 'portal-link.used', actor, tenantId: ours.id },
      { action: 'portal-link.created', actor: { id: 'configured-admin' }, after: { permissions: 'manage' } },
    ]);
    expect(JSON.stringify(await entries(`target=${id}`))).not.toContain(link);
  });
});

describe('the page', () => {
  test('may be framed by the configured origins, and the console by none', async () => {
    const policy = async (path: string) => (await api().raw(path, {})).headers.get('content-security-policy') ?? '';
    const portal = await policy('/portal/deliveries');
    expect(portal).toMatch(/frame-ancestors 'self' https:\/\/app\.example\.com http:\/\/localhost:4000$/);
    const console = await policy('/console');
    expect(console).toMatch(/frame-ancestors 'none'$/);
    const rest = (text: string) => text.replace(/'nonce-[^']+'/, '').replace(/frame-ancestors.*/, '');
    expect(rest(portal)).toBe(rest(console));
  });
});
