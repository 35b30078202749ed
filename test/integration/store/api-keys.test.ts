import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { newId, type TenantId } from '../../../src/domain/id.ts';
import type { ApiKey } from '../../../src/ports/configuration.ts';
import { createApiKeyStore } from '../../../src/store/configuration/api-keys.ts';
import { createTenantStore } from '../../../src/store/configuration/tenants.ts';
import { useDatabase } from '../../support/database.ts';
import { givenTenant, tick } from './samples.ts';

const db = useDatabase();

function apiKey(tenantId: TenantId | undefined): ApiKey {
  const role = tenantId ? 'tenant' : 'admin';
  const id = newId('apiKey', tick());
  return { id, name: 'ci', role, tenantId, hint: 'pw_abc', createdAt: new Date(tick()), revokedAt: undefined };
}

const hashOf = (text: string) => createHash('sha256').update(text).digest();

describe('API keys', () => {
  it('are found by their hash until they are revoked', async () => {
    const keys = createApiKeyStore(db());
    const key = apiKey(await givenTenant(db()));
    await keys.create(key, hashOf('one'));
    expect(await keys.findByHash(hashOf('one'))).toEqual(key);
    expect(await keys.findByHash(hashOf('other'))).toBeUndefined();

    expect(await keys.revoke(key.id)).toBe(true);
    expect(await keys.revoke(key.id)).toBe(false);
    expect(await keys.findByHash(hashOf('one'))).toBeUndefined();
    expect(await keys.find(key.id)).toEqual({ ...key, revokedAt: expect.any(Date) });
  });

  it('are listed newest first, of one tenant or of all', async () => {
    const keys = createApiKeyStore(db());
    const tenantId = await givenTenant(db());
    const [mine, admin] = [apiKey(tenantId), apiKey(undefined)];
    await keys.create(mine, hashOf('mine'));
    await keys.create(admin, hashOf('admin'));
    expect((await keys.list({ tenantId }, { limit: 10, cursor: undefined })).data).toEqual([mine]);
    expect((await keys.list({}, { limit: 2, cursor: undefined })).data).toEqual([admin, mine]);
  });

  it('are not made for a tenant that is deleted', async () => {
    const tenantId = await givenTenant(db());
    await createTenantStore(db()).delete(tenantId, 'system');
    const created = createApiKeyStore(db()).create(apiKey(tenantId), hashOf('late'));
    await expect(created).rejects.toMatchObject({ kind: 'not_found' });
  });

  it('are refused by the database when role and tenant do not fit', async () => {
    const key = { ...apiKey(undefined), role: 'tenant' } as const;
    await expect(createApiKeyStore(db()).create(key, hashOf('bad'))).rejects.toThrow('violates check constraint');
  });
});
