import { beforeAll, describe, expect, test } from 'vitest';
import { useApi } from './api.ts';
import { made } from './tenant-with-all.ts';

const api = useApi();
let tenantId: string;

beforeAll(async () => {
  ({ id: tenantId } = await api().tenant());
});

describe('tenants and keys', () => {
  test('a tenant is made, read, renamed, listed and deleted', async () => {
    const { admin } = api();
    const tenant = await made(admin('POST', '/v1/tenants', { name: 'Acme' }));
    expect((await admin('PATCH', `/v1/tenants/${tenant.id}`, { name: 'Acme Ltd' })).body).toMatchObject({
      name: 'Acme Ltd',
    });
    expect((await admin('GET', `/v1/tenants/${tenant.id}`)).body).toMatchObject({ id: tenant.id, name: 'Acme Ltd' });
    expect((await admin('GET', '/v1/tenants?limit=100')).body.data.map(({ id }) => id)).toContain(tenant.id);
    const { key } = await api().makeKey('tenant', tenant.id);
    expect((await api().with(key)('GET', '/v1/templates')).status).toBe(200);
    expect((await admin('DELETE', `/v1/tenants/${tenant.id}`)).status).toBe(204);
    expect((await admin('GET', `/v1/tenants/${tenant.id}`)).status).toBe(404);
    expect((await admin('DELETE', `/v1/tenants/${tenant.id}`)).status).toBe(404);
    expect((await api().with(key)('GET', '/v1/templates')).status).toBe(401);
    expect((await admin('GET', `/v1/templates?tenantId=${tenant.id}`)).status).toBe(404);
  });

  test('a tenant has a retention of its own, which a PATCH of null resets, and each change is a version', async () => {
    const { admin } = api();
    const tenant = await made(admin('POST', '/v1/tenants', { name: 'Acme', retention: { bodyDays: 7 } }));
    expect(tenant).toMatchObject({ retention: { bodyDays: 7 }, version: 1 });
    const path = `/v1/tenants/${tenant.id}`;
    expect((await admin('PATCH', path, { retention: { bodyDays: 30 } })).body).toMatchObject({
      retention: { bodyDays: 30 },
      version: 2,
    });
    expect((await admin('PATCH', path, { retention: { bodyDays: null } })).body).toMatchObject({
      retention: {},
      version: 3,
    });
    expect((await admin('PATCH', path, { retention: { bodyDays: 0 } })).body).toMatchObject({
      errors: [{ pointer: '/retention/bodyDays' }],
    });
  });

  test('a key is shown once, stored hashed, and revoked at once', async () => {
    const { id, key } = await api().makeKey('tenant', tenantId);
    expect(key).toMatch(/^pwk_[A-Za-z0-9_-]{43}$/);
    const { body, text } = await api().admin('GET', `/v1/api-keys/${id}`);
    expect(body).toMatchObject({ role: 'tenant', tenantId, hint: key.slice(0, 8), revokedAt: null });
    expect(text).not.toContain(key);
    expect((await api().with(key)('GET', '/v1/templates')).status).toBe(200);
    expect((await api().admin('DELETE', `/v1/api-keys/${id}`)).status).toBe(204);
    expect((await api().with(key)('GET', '/v1/templates')).status).toBe(401);
    const listed = (await api().admin('GET', `/v1/api-keys?tenantId=${tenantId}`)).body.data;
    expect(listed.find((one) => one.id === id)).toMatchObject({ revokedAt: expect.any(String) });
    const { rows } = await api().sql.query('SELECT * FROM api_keys');
    expect(JSON.stringify(rows)).not.toContain(key);
  });

  test.each([
    [{ name: 'x', role: 'tenant' }, '/tenantId'],
    [{ name: 'x', role: 'admin', tenantId: 'OURS' }, '/tenantId'],
    [{ name: 'x', role: 'producer', tenantId: 'ten_00000000-0000-7000-8000-000000000000' }, '/tenantId'],
    [{ name: 'x', role: 'root' }, '/role'],
    [{ role: 'admin' }, '/name'],
  ])('a key %j is refused at %s', async (input, pointer) => {
    const text = JSON.stringify(input).replace('OURS', tenantId);
    const { status, body } = await api().admin('POST', '/v1/api-keys', text);
    expect([status, body.errors[0]?.pointer]).toEqual([422, pointer]);
  });
});
