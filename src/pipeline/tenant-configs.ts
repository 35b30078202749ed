import { LRUCache } from 'lru-cache';
import { notFound } from '../domain/errors.ts';
import type { TenantId } from '../domain/id.ts';
import { Matcher } from '../domain/matching.ts';
import type { TenantConfig } from '../domain/tenant-config.ts';
import type { ConfigSource } from '../ports/configuration.ts';
import { Batcher } from './batcher.ts';

/** A configuration and its matcher. A new version is a new object, so nothing derived from it is ever stale. */
export interface LoadedConfig {
  readonly config: TenantConfig;
  readonly matcher: Matcher;
  /** Unix ms by the store's clock, from which this process's may differ by seconds. */
  storeTimeMs(): number;
}

/** @param storeTimeMs default: the store's clock as it was when the configuration was read */
export function loadedConfig(config: TenantConfig, storeTimeMs = clockSetBy(config).nowMs): LoadedConfig {
  return { config, matcher: new Matcher(config), storeTimeMs };
}

/** The store's clock, set whenever it is read: between two readings this process's own, which is never set back, goes on. */
export class StoreClock {
  readonly #monotonicMs: () => number;
  #aheadMs = 0;

  constructor(monotonicMs = () => performance.now()) {
    this.#monotonicMs = monotonicMs;
  }

  set(storeTimeMs: number): void {
    this.#aheadMs = storeTimeMs - this.#monotonicMs();
  }

  /** Unix ms. */
  readonly nowMs = (): number => this.#aheadMs + this.#monotonicMs();
}

function clockSetBy({ readAtMs }: TenantConfig): StoreClock {
  const clock = new StoreClock();
  clock.set(readAtMs);
  return clock;
}

export type LoadedConfigs = ReadonlyMap<TenantId, LoadedConfig>;

const MAX_TENANTS = 2000;
const MAX_LOOKED_UP = 1000;
const MAX_LOOKUPS_IN_FLIGHT = 2;

/**
 * Caches configurations by tenant. Nothing invalidates the cache: callers that read or write a tenant's rows learn the current
 * version from the database and request at least that one.
 */
export class TenantConfigs {
  readonly #source: ConfigSource;
  readonly #loaded = new LRUCache<TenantId, LoadedConfig>({ max: MAX_TENANTS });
  readonly #loading = new Map<TenantId, Promise<LoadedConfig | undefined>>();
  readonly #storeClock = new StoreClock();

  /** Tenants that are looked up together share a statement: a request may name a thousand that do not exist. */
  readonly #existence: Batcher<TenantId, boolean>;

  constructor(source: ConfigSource) {
    this.#source = source;
    const lookUp = async (tenants: readonly TenantId[]): Promise<readonly boolean[]> => {
      const existing = await source.existing(tenants);
      return tenants.map((id) => existing.has(id));
    };
    this.#existence = new Batcher(lookUp, { maxWeight: MAX_LOOKED_UP, maxInFlight: MAX_LOOKUPS_IN_FLIGHT });
  }

  /** A version that may be stale; undefined when the tenant does not exist. */
  async any(tenantId: TenantId): Promise<LoadedConfig | undefined> {
    const cached = this.#loaded.get(tenantId);
    if (cached) return cached;
    return (await this.#existence.add(tenantId)) ? this.#loadShared(tenantId) : undefined;
  }

  /** A version that is in memory, if there is one. */
  cached(tenantId: TenantId): LoadedConfig | undefined {
    return this.#loaded.get(tenantId);
  }

  /** The current version, read now. @throws Problem not_found */
  async fresh(tenantId: TenantId): Promise<LoadedConfig> {
    const loaded = await this.#load(tenantId);
    if (!loaded) throw notFound('tenant');
    return loaded;
  }

  /**
   * The version that the database was seen to have, or a later one; undefined when the tenant was deleted. A cached one that is
   * higher is read again: after a failover the database may have lost the latest changes.
   */
  async atLeast(tenantId: TenantId, version: number): Promise<LoadedConfig | undefined> {
    const cached = this.#loaded.get(tenantId);
    if (cached?.config.version === version) return cached;
    const loaded = await this.#loadShared(tenantId);
    // a load that was already under way may have started before that version
    return loaded && loaded.config.version < version ? this.#load(tenantId) : loaded;
  }

  #loadShared(tenantId: TenantId): Promise<LoadedConfig | undefined> {
    const pending = this.#loading.get(tenantId);
    if (pending) return pending;
    const load = this.#load(tenantId).finally(() => this.#loading.delete(tenantId));
    this.#loading.set(tenantId, load);
    return load;
  }

  async #load(tenantId: TenantId): Promise<LoadedConfig | undefined> {
    const before = this.#loaded.get(tenantId);
    const config = await this.#source.load(tenantId);
    if (!config) {
      this.#loaded.delete(tenantId);
      return undefined;
    }
    this.#storeClock.set(config.readAtMs);
    const cached = this.#loaded.get(tenantId);
    if (cached && (cached.config.version === config.version || isNewer(cached, before, config))) return cached;
    const loaded = loadedConfig(config, this.#storeClock.nowMs);
    this.#loaded.set(tenantId, loaded);
    return loaded;
  }
}

/** True when a load that began later, but ended sooner, has brought a newer version meanwhile. */
function isNewer(cached: LoadedConfig, before: LoadedConfig | undefined, { version }: TenantConfig): boolean {
  return cached !== before && cached.config.version > version;
}
