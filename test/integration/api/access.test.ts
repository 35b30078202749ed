import { beforeAll, describe, expect, test } from 'vitest';
import { mayCall } from '../../../src/api/permissions.ts';
import { ROUTES } from '../../../src/api/routes/index.ts';
import { ID_PREFIXES } from '../../../src/domain/id.ts';
import { ROLES, type Role } from '../../../src/ports/configuration.ts';
import { useApi } from './api.ts';
import { type TenantWithAll, tenantWithAll } from './tenant-with-all.ts';

const api = useApi();

const NOBODY = '00000000-0000-7000-8000-000000000000';
const keys: Partial<Record<Role, string>> = {};
/** Keys of the roles that can be bound to a tenant, bound to ours. */
const boundKeys: Partial<Record<Role, string>> = {};
let ours: TenantWithAll;
let theirs: TenantWithAll;

beforeAll(async () => {
  ours = await tenantWithAll(api());
  theirs = await tenantWithAll(api());
  for (const role of ROLES) {
    if (role !== 'admin') boundKeys[role] = (await api().makeKey(role, ours.id)).key;
    keys[role] = (role === 'tenant' && boundKeys.tenant) || (await api().makeKey(role)).key;
  }
});

const routes = ROUTES.map((route) => ({ ...route, name: `${route.method} ${route.path}` }));

/** Parameters that pass the query's schema, so that the checks after it are reached. */
function query(path: string, tenantId?: string): string {
  const isOfTemplate = path.endsWith('/describe') && !path.endsWith('/templates/describe');
  const given = isOfTemplate ? { trigger: 'pass.installed', dialect: 'walletthat' } : {};
  return `?${new URLSearchParams({ ...given, ...(tenantId === undefined ? {} : { tenantId }) })}`;
}

/** A body that gets past the schema. */
function bodyFor(name: string): object | undefined {
  const method = name.split(' ')[0];
  if (method === 'get' || method === 'delete') return undefined;
  const names = { integrationId: theirs.ids.integration, templateId: theirs.ids.template };
  const bodies: Record<string, object> = {
    'post /v1/templates': { name: 'x' },
    'post /v1/integrations': { name: 'x', dialect: 'walletthat' },
    'post /v1/integrations/{id}/rotate-secret': { kind: 'webhook' },
    'post /v1/subscriptions': { ...names, trigger: 'pass.installed', url: 'http://127.0.0.1:9/' },
    'post /v1/subscriptions/preview': { ...names, trigger: 'pass.installed' },
    'post /v1/templates/describe': { ...names, trigger: 'pass.installed' },
    'post /v1/endpoints/check': { url: 'http://127.0.0.1:9/' },
    'post /v1/events': {
      type: 'pass.created',
      templateId: 'loyalty',
      occurredAt: '2026-01-01T00:00:00Z',
      pass: { id: 'p' },
    },
    'post /v1/events/batch': { events: [{}] },
    'post /v1/replays/dry-run': { after: '2026-01-01T00:00:00Z' },
    'post /v1/replays': { confirmToken: 'x' },
    'post /v1/subscriptions/{id}/backfill': { after: '2026-01-01T00:00:00Z' },
    'post /v1/erasures/dry-run': { passId: 'x' },
    'post /v1/erasures': { passId: 'x' },
    'post /v1/endpoints/{id}/disable': { reason: 'x' },
    'post /v1/endpoints/{id}/recover': { since: '2026-01-01T00:00:00Z' },
    'post /v1/dead-letters/discard/dry-run': { after: '2026-01-01T00:00:00Z' },
    'post /v1/dead-letters/discard': { confirmToken: 'x', reason: 'x' },
    'patch /v1/replays/{id}': { ratePerSecond: 1 },
  };
  return bodies[name] ?? {};
}

describe.each(ROLES)('the role %s', (role) => {
  test.each(routes)('$name', async ({ name, method, path, id, scope, operationId }) => {
    const target = path.replace('{name}', 'vibes').replace('{id}', `${id ? ID_PREFIXES[id] : ''}_${NOBODY}`);
    const named = scope === 'tenant' ? query(path, ours.id) : '';
    const { status } = await api().with(keys[role] ?? '')(method.toUpperCase(), `${target}${named}`, bodyFor(name));
    const may = mayCall(role, operationId);
    expect(status === 403).toBe(!may);
    expect(status).not.toBe(401);
    expect(status).not.toBe(500);
    if (may && id) expect([404, 422]).toContain(status);
  });
});

describe('without a key that is good', () => {
  test.each(routes)('$name is 401', async ({ name, method, path, id }) => {
    const target = path.replace('{name}', 'vibes').replace('{id}', `${id ? ID_PREFIXES[id] : ''}_${NOBODY}`);
    const { status, headers } = await api().with(`pwk_${'A'.repeat(43)}`)(method.toUpperCase(), target, bodyFor(name));
    expect(status).toBe(401);
    expect(headers.get('www-authenticate')).toBe('Bearer');
  });

  test.each([undefined, 'Basic abc', 'Bearer', 'Bearer  ', 'pwk_x'])('authorization %j is 401', async (authorization) => {
    const headers = authorization === undefined ? {} : { authorization };
    expect((await api().raw('/v1/events', { headers })).status).toBe(401);
  });
});

describe('another tenant’s', () => {
  const withId = routes.filter(({ id, scope }) => id && scope === 'tenant');
  const callers = ROLES.flatMap((role) => [
    { role, bound: false, who: `${role} key in our scope` },
    ...(role === 'admin' ? [] : [{ role, bound: true, who: `${role} key bound to us` }]),
  ]);
  const scoped = routes.filter(({ scope }) => scope === 'tenant');

  describe.each(callers)('id, by a $who', ({ role, bound }) => {
    test.each(withId)(
      '$name is 404 where the role may call it, else 403',
      async ({ name, method, path, id, operationId }) => {
        const target = path.replace('{id}', (id && theirs.ids[id]) || '');
        expect(target).not.toContain('{id}');
        const before = await api().stored();
        const call = api().with((bound ? boundKeys[role] : keys[role]) ?? '');
        const named = query(path, bound ? undefined : ours.id);
        const { status, text } = await call(method.toUpperCase(), `${target}${named}`, bodyFor(name));
        expect(status, text).toBe(mayCall(role, operationId) ? 404 : 403);
        expect(await api().stored()).toBe(before);
      },
    );
  });

  test.each(scoped)('tenantId is 404 at $name, in query and body', async ({ name, method, path, id, body }) => {
    const target = path.replace('{id}', (id && ours.ids[id]) || '');
    const inQuery = await ours.call(method.toUpperCase(), `${target}${query(path, theirs.id)}`, bodyFor(name));
    expect(inQuery.status, inQuery.text).toBe(404);
    if (!body) return;
    const inBody = await ours.call(method.toUpperCase(), `${target}${query(path)}`, {
      ...bodyFor(name),
      tenantId: theirs.id,
    });
    expect(inBody.status, inBody.text).toBe(404);
  });

  test.each(scoped.filter(({ method, id }) => method === 'get' && !id))(
    'things are not listed at $name',
    async ({ path }) => {
      const { text } = await ours.call('GET', path.endsWith('/export') ? path : `${path}?limit=100`);
      expect(text).toContain(ours.id);
      for (const foreign of [theirs.id, ...Object.values(theirs.ids)]) expect(text).not.toContain(foreign);
    },
  );

  test('record is not visible to a support key that is bound to a tenant', async () => {
    const bound = api().with(boundKeys.support ?? '');
    expect((await bound('GET', '/v1/tenants')).body).toMatchObject({ data: [{ id: ours.id }], nextCursor: null });
    expect((await bound('GET', `/v1/tenants/${ours.id}`)).body).toMatchObject({ id: ours.id });
    expect((await bound('GET', `/v1/tenants/${theirs.id}`)).status).toBe(404);
    const free = api().with(keys.support ?? '');
    expect((await free('GET', '/v1/tenants?limit=1')).body).toMatchObject({ data: [{ id: theirs.id }] });
    expect((await free('GET', `/v1/tenants/${theirs.id}`)).status).toBe(200);
  });

  test('entities of another tenant cannot be named in filters or bodies', async () => {
    const filtered = await ours.call('GET', `/v1/deliveries?subscriptionId=${theirs.ids.subscription}`);
    expect(filtered.body.data).toEqual([]);
    const subscription = { integrationId: theirs.ids.integration, trigger: 'pass.installed', url: 'http://127.0.0.1:9/' };
    const refused = await ours.call('POST', '/v1/subscriptions', { ...subscription, templateId: theirs.ids.template });
    expect(refused.status).toBe(422);
    expect(refused.body.errors.map(({ pointer }) => pointer)).toEqual(['/integrationId', '/templateId']);
    const preview = { integrationId: ours.ids.integration, trigger: 'pass.installed', eventId: theirs.ids.event };
    expect((await ours.call('POST', '/v1/subscriptions/preview', preview)).status).toBe(422);
    const event = { type: 'pass.created', occurredAt: '2026-01-01T00:00:00Z', pass: { id: 'p' } };
    const posted = await ours.call('POST', '/v1/events', { ...event, templateId: theirs.ids.template });
    expect(posted.body).toMatchObject({ status: 422, type: 'urn:passwire:problem:unknown-template' });
  });
});

describe('a key that is bound to no tenant', () => {
  const scoped = routes.filter(({ scope }) => scope === 'tenant');
  const isOfOne = ({ method, id }: (typeof scoped)[number]) => method === 'get' && id !== undefined;

  test.each(scoped.filter(isOfOne))('need not name one at $name: the id does', async ({ path, id }) => {
    const named = (id && theirs.ids[id]) || '';
    const { status, body } = await api().admin('GET', `${path.replace('{id}', named)}${query(path)}`);
    expect(status).toBe(200);
    if (body?.tenantId !== undefined) expect(body.tenantId).toBe(theirs.id);
    const unknown = `${named.slice(0, 4)}${NOBODY}`;
    expect((await api().admin('GET', `${path.replace('{id}', unknown)}${query(path)}`)).status).toBe(404);
    expect((await api().admin('GET', `${path.replace('{id}', named)}${query(path, ours.id)}`)).status).toBe(404);
  });

  test.each(scoped.filter((route) => !isOfOne(route)))('must name one at $name', async ({ name, method, path, id }) => {
    const target = path.replace('{id}', (id && theirs.ids[id]) || '');
    const { status, body } = await api().admin(method.toUpperCase(), `${target}${query(path)}`, bodyFor(name));
    expect(status).toBe(422);
    expect(body).toMatchObject({ type: 'urn:passwire:problem:tenant-required', errors: [{ pointer: '/tenantId' }] });
    const nobody = `ten_${NOBODY}`;
    const unknown = await api().admin(method.toUpperCase(), `${target}${query(path, nobody)}`, bodyFor(name));
    expect(unknown.status, unknown.text).toBe(404);
  });

  test('a producer may be bound to a tenant or name one', async () => {
    const event = { type: 'pass.created', templateId: 'loyalty', occurredAt: '2026-01-01T00:00:00Z', pass: { id: 'p' } };
    const bound = api().with((await api().makeKey('producer', ours.id)).key);
    const free = api().with(keys.producer ?? '');
    expect((await bound('POST', '/v1/events', event)).status).toBe(202);
    expect((await free('POST', '/v1/events', event)).status).toBe(422);
    expect((await free('POST', `/v1/events?tenantId=${ours.id}`, event)).status).toBe(202);
    expect((await free('POST', '/v1/events', { ...event, tenantId: ours.id })).status).toBe(202);
    expect((await free('POST', '/v1/events/batch', { events: [event], tenantId: ours.id })).body).toMatchObject({
      accepted: 1,
    });
    const { body } = await ours.call('GET', '/v1/events?passId=p');
    expect(body.data.every((one) => !('tenantId' in (one.event as object)))).toBe(true);
  });
});
