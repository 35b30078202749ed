import { describe, expect, test } from 'vitest';
import { newId } from '../../../src/domain/id.ts';
import type { TenantConfig } from '../../../src/domain/tenant-config.ts';
import { StoreClock, TenantConfigs } from '../../../src/pipeline/tenant-configs.ts';
import type { ConfigSource } from '../../../src/ports/configuration.ts';

const tenantId = newId('tenant', 0);

function configAt(version: number): TenantConfig {
  return {
    tenantId,
    version,
    readAtMs: 0,
    templates: new Map(),
    templatesByExternalId: new Map(),
    integrations: new Map(),
    secrets: new Map(),
    subscriptions: new Map(),
    endpoints: new Map(),
  };
}

const existing: ConfigSource['existing'] = async (ids) => new Set(ids);

/** A source whose loads the test ends, with a version that it chooses. */
function controlledSource() {
  const loads: ((version: number | undefined) => void)[] = [];
  const source: ConfigSource = {
    load: () =>
      new Promise((resolve) => {
        loads.push((version) => resolve(version === undefined ? undefined : configAt(version)));
      }),
    existing,
  };
  return { configs: new TenantConfigs(source), loads };
}

/** A source that answers with a version of its own at once. */
function sourceAt(first: number | undefined) {
  const stored = { version: first, loads: 0, lookUps: [] as number[] };
  const source: ConfigSource = {
    async load() {
      stored.loads += 1;
      return stored.version === undefined ? undefined : configAt(stored.version);
    },
    async existing(ids) {
      stored.lookUps.push(ids.length);
      return new Set(stored.version === undefined ? [] : ids);
    },
  };
  return { configs: new TenantConfigs(source), stored };
}

describe('configurations', () => {
  test('are loaded once and cached until a newer version is asked for', async () => {
    const { configs, stored } = sourceAt(3);
    const loaded = await configs.any(tenantId);
    expect(await configs.any(tenantId)).toBe(loaded);
    expect(await configs.atLeast(tenantId, 3)).toBe(loaded);
    expect(stored.loads).toBe(1);
  });

  test('are loaded again when a newer version is asked for; the new one is another object', async () => {
    const { configs, stored } = sourceAt(3);
    const loaded = await configs.any(tenantId);
    stored.version = 4;
    const newer = await configs.atLeast(tenantId, 4);
    expect(newer?.config.version).toBe(4);
    expect(newer).not.toBe(loaded);
    expect(await configs.any(tenantId)).toBe(newer);
  });

  test('of a database that has lost the latest changes are replaced by what it has now', async () => {
    const { configs, stored } = sourceAt(7);
    await configs.any(tenantId);
    stored.version = 5;
    expect((await configs.atLeast(tenantId, 5))?.config.version).toBe(5);
    expect((await configs.any(tenantId))?.config.version).toBe(5);
  });

  test('that are read again stay the same object when nothing changed: compiled parts stay cached', async () => {
    const { configs, stored } = sourceAt(3);
    expect(await configs.fresh(tenantId)).toBe(await configs.fresh(tenantId));
    expect(stored.loads).toBe(2);
  });

  test('are loaded once for concurrent callers', async () => {
    const { configs, loads } = controlledSource();
    const asked = Promise.all([1, 2, 3].map(() => configs.atLeast(tenantId, 5)));
    expect(loads).toHaveLength(1);
    loads[0]?.(5);
    const [first, ...others] = await asked;
    expect(first?.config.version).toBe(5);
    for (const other of others) expect(other).toBe(first);
  });

  test('are loaded again when the load under way began before the change', async () => {
    const { configs, loads } = controlledSource();
    const before = configs.atLeast(tenantId, 5);
    const after = configs.atLeast(tenantId, 6);
    loads[0]?.(5);
    expect((await before)?.config.version).toBe(5);
    loads[1]?.(6);
    expect((await after)?.config.version).toBe(6);
  });

  test('never go back: a slow load of an older version does not replace a newer one', async () => {
    const { configs, loads } = controlledSource();
    const slow = configs.fresh(tenantId);
    const quick = configs.fresh(tenantId);
    loads[1]?.(6);
    await quick;
    loads[0]?.(5);
    expect((await slow).config.version).toBe(6);
    expect((await configs.any(tenantId))?.config.version).toBe(6);
  });

  test('of an unknown tenant are not found', async () => {
    const { configs } = sourceAt(undefined);
    expect(await configs.any(tenantId)).toBeUndefined();
    await expect(configs.fresh(tenantId)).rejects.toMatchObject({ kind: 'not_found' });
    expect(await configs.atLeast(tenantId, 1)).toBeUndefined();
  });

  test('of unknown tenants are not loaded, however many: those that come together are looked up together', async () => {
    const { configs, stored } = sourceAt(undefined);
    const ids = Array.from({ length: 1000 }, () => newId('tenant', 0));
    expect(new Set(await Promise.all(ids.map((id) => configs.any(id))))).toEqual(new Set([undefined]));
    expect(stored).toMatchObject({ loads: 0, lookUps: [1000] });
  });

  test('of a tenant that was deleted are forgotten', async () => {
    const { configs, stored } = sourceAt(3);
    await configs.any(tenantId);
    stored.version = undefined;
    expect(await configs.atLeast(tenantId, 4)).toBeUndefined();
    expect(await configs.any(tenantId)).toBeUndefined();
  });

  test('that could not be read are read again by the next caller', async () => {
    let away = true;
    const configs = new TenantConfigs({
      async load() {
        if (away) throw new Error('away');
        return configAt(1);
      },
      existing,
    });
    await expect(configs.atLeast(tenantId, 1)).rejects.toThrow('away');
    away = false;
    expect((await configs.atLeast(tenantId, 1))?.config.version).toBe(1);
  });
});

test('the clock of the store goes on by itself and follows each reading', () => {
  let monotonicMs = 70;
  const clock = new StoreClock(() => monotonicMs);
  clock.set(5_000_000);
  expect(clock.nowMs()).toBe(5_000_000);
  monotonicMs += 1234;
  expect(clock.nowMs()).toBe(5_001_234);
  clock.set(5_000_000);
  expect(clock.nowMs()).toBe(5_000_000);
});

test('a configuration that is read again, unchanged, sets the clock of the store', async () => {
  const stored = { readAtMs: 5_000_000 };
  const configs = new TenantConfigs({ load: async () => ({ ...configAt(1), ...stored }), existing });
  const loaded = await configs.fresh(tenantId);
  expect(loaded.storeTimeMs()).toBeLessThan(6_000_000);
  stored.readAtMs = 9_000_000;
  await configs.fresh(tenantId);
  expect(loaded.storeTimeMs()).toBeGreaterThanOrEqual(9_000_000);
});
