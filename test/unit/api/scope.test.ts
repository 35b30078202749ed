import { describe, expect, test } from 'vitest';
import { tenantInScope } from '../../../src/api/scope.ts';
import { newId, type TenantId } from '../../../src/domain/id.ts';
import type { Tenant } from '../../../src/ports/configuration.ts';

const own = newId('tenant', 1);
const other = newId('tenant', 2);
const tenants = { find: async (id: TenantId) => (id === own || id === other ? ({ id } as Tenant) : undefined) };
const bound = { id: 'key', name: 'key', role: 'tenant', tenantId: own } as const;
const free = { id: 'key', name: 'key', role: 'support', tenantId: undefined } as const;

describe('the tenant in scope', () => {
  test('is the key’s own', async () => {
    expect(await tenantInScope(tenants, bound, [undefined, undefined], true)).toBe(own);
    expect(await tenantInScope(tenants, bound, [own, own], true)).toBe(own);
  });

  test.each([[[other, undefined]], [[undefined, other]], [[own, other]], [['nonsense', undefined]]])(
    'of a bound key is never another: %j',
    async (named) => {
      await expect(tenantInScope(tenants, bound, named, true)).rejects.toMatchObject({ kind: 'not_found' });
    },
  );

  test('must be named with a key that is bound to none', async () => {
    await expect(tenantInScope(tenants, free, [undefined, undefined], true)).rejects.toMatchObject({
      kind: 'invalid',
      code: 'tenant-required',
      fields: [{ pointer: '/tenantId' }],
    });
    expect(await tenantInScope(tenants, free, [undefined, other], true)).toBe(other);
    await expect(tenantInScope(tenants, free, [own, other], true)).rejects.toMatchObject({ kind: 'invalid' });
  });

  test('must exist', async () => {
    const gone = newId('tenant', 3);
    await expect(tenantInScope(tenants, free, [gone], true)).rejects.toMatchObject({ kind: 'not_found' });
    await expect(tenantInScope(tenants, free, ['nonsense'], false)).rejects.toMatchObject({ kind: 'not_found' });
    expect(await tenantInScope(tenants, free, [gone], false)).toBe(gone);
  });
});
