import { createHash } from 'node:crypto';
import { describe, expect, test, vi } from 'vitest';
import { KeyRing } from '../../../src/api/key-ring.ts';
import { newId } from '../../../src/domain/id.ts';
import type { ApiKey } from '../../../src/ports/configuration.ts';

const AT_ONCE = async (): Promise<void> => {};
const key: ApiKey = {
  id: newId('apiKey', 0),
  name: 'a key',
  role: 'tenant',
  tenantId: newId('tenant', 0),
  hint: 'pwk_abcd',
  createdAt: new Date(0),
  revokedAt: undefined,
};

function storeOf(known: Map<string, ApiKey>) {
  return { findByHash: vi.fn(async (hash: Uint8Array) => known.get(Buffer.from(hash).toString('hex'))) };
}
const hashOf = (text: string) => createHash('sha256').update(text).digest('hex');

describe('the key ring', () => {
  test('finds a key by its hash, and asks the store once', async () => {
    const store = storeOf(new Map([[hashOf('pwk_one'), key]]));
    const ring = new KeyRing(store, undefined);
    const caller = { id: key.id, name: key.name, role: 'tenant', tenantId: key.tenantId };
    expect(await ring.identify('pwk_one', AT_ONCE)).toEqual(caller);
    expect(await ring.identify('pwk_one', AT_ONCE)).toEqual(caller);
    expect(store.findByHash).toHaveBeenCalledTimes(1);
  });

  test('does not cache unknown keys', async () => {
    const known = new Map<string, ApiKey>();
    const ring = new KeyRing(storeOf(known), undefined);
    expect(await ring.identify('pwk_one', AT_ONCE)).toBeUndefined();
    known.set(hashOf('pwk_one'), key);
    expect(await ring.identify('pwk_one', AT_ONCE)).toBeDefined();
  });

  test('a revoked key is forgotten at once, also by a look-up that was under way', async () => {
    const known = new Map([[hashOf('pwk_one'), key]]);
    const store = storeOf(known);
    const ring = new KeyRing(store, undefined);
    let answer: (key: ApiKey) => void = () => {};
    store.findByHash.mockImplementationOnce(() => new Promise((resolve) => (answer = resolve)));
    const underWay = ring.identify('pwk_one', AT_ONCE);
    await vi.waitFor(() => expect(store.findByHash).toHaveBeenCalled());
    known.clear();
    ring.forget();
    answer(key);
    expect(await underWay).toBeDefined();
    expect(await ring.identify('pwk_one', AT_ONCE)).toBeUndefined();
  });

  test('a key that is cached is found without the wait before a look-up', async () => {
    const ring = new KeyRing(storeOf(new Map([[hashOf('pwk_one'), key]])), undefined);
    const wait = vi.fn(AT_ONCE);
    await ring.identify('pwk_one', wait);
    await ring.identify('pwk_one', wait);
    await ring.identify('pwk_two', wait);
    expect(wait).toHaveBeenCalledTimes(2);
  });

  test('a key that was valid lately is looked up again without the wait, until it is found revoked', async () => {
    const known = new Map([[hashOf('pwk_one'), key]]);
    const ring = new KeyRing(storeOf(known), undefined);
    const wait = vi.fn(AT_ONCE);
    await ring.identify('pwk_one', wait);
    ring.forget();
    expect(await ring.identify('pwk_one', wait)).toBeDefined();
    expect(wait).toHaveBeenCalledTimes(1);
    known.clear();
    ring.forget();
    for (let time = 0; time < 2; time++) expect(await ring.identify('pwk_one', wait)).toBeUndefined();
    expect(wait).toHaveBeenCalledTimes(2);
  });

  test('requests that come together share a look-up', async () => {
    const store = storeOf(new Map([[hashOf('pwk_one'), key]]));
    const ring = new KeyRing(store, undefined);
    const callers = await Promise.all(['pwk_one', 'pwk_one', 'pwk_two'].map((text) => ring.identify(text, AT_ONCE)));
    expect(callers.map((caller) => caller?.id)).toEqual([key.id, key.id, undefined]);
    expect(store.findByHash).toHaveBeenCalledTimes(2);
  });

  test('the configured key is an admin key and is not looked up', async () => {
    const store = storeOf(new Map());
    const ring = new KeyRing(store, 'a'.repeat(40));
    expect(await ring.identify('a'.repeat(40), AT_ONCE)).toEqual({
      id: 'configured-admin',
      name: 'ADMIN_KEY',
      role: 'admin',
      tenantId: undefined,
    });
    expect(store.findByHash).not.toHaveBeenCalled();
    expect(await ring.identify('a'.repeat(39), AT_ONCE)).toBeUndefined();
    expect(await new KeyRing(store, undefined).identify('', AT_ONCE)).toBeUndefined();
  });
});
