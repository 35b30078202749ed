import { createHash, timingSafeEqual } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { TenantId } from '../domain/id.ts';
import type { ApiKeyStore, CallerRole } from '../ports/configuration.ts';
import type { Person } from '../ports/people.ts';

/** The authenticated caller. Logs and deliveries name it by `id`. */
export interface Caller {
  readonly id: string;
  readonly name: string;
  readonly role: CallerRole;
  /** The tenant the key is bound to; undefined when it may name any. */
  readonly tenantId: TenantId | undefined;
  /** Absent for API keys. */
  readonly person?: Person;
  /** How long the session lasts if it is not used again; absent for a request with a key. */
  readonly sessionEndsInMs?: number;
}

const CONFIGURED_ADMIN: Caller = { id: 'configured-admin', name: 'ADMIN_KEY', role: 'admin', tenantId: undefined };
const MAX_CACHED_KEYS = 10_000;
/** A key that another process revoked is accepted here for at most this long. */
const CACHE_TTL_MS = 5000;
/** A key that was valid within this time is no guess: it does not wait for what others of its address did. */
const FAMILIAR_TTL_MS = 3_600_000;

/** Identifies callers by their keys. Known keys are cached briefly, unknown ones never. */
export class KeyRing {
  readonly #apiKeys: Pick<ApiKeyStore, 'findByHash'>;
  readonly #adminHash: Buffer | undefined;
  readonly #known = new LRUCache<string, Caller>({ max: MAX_CACHED_KEYS, ttl: CACHE_TTL_MS });
  readonly #familiar = new LRUCache<string, true>({ max: MAX_CACHED_KEYS, ttl: FAMILIAR_TTL_MS });
  readonly #pending = new Map<string, Promise<Caller | undefined>>();
  #generation = 0;

  constructor(apiKeys: Pick<ApiKeyStore, 'findByHash'>, adminKey: string | undefined) {
    this.#apiKeys = apiKeys;
    this.#adminHash = adminKey === undefined ? undefined : hashOfKey(adminKey);
  }

  /**
   * The caller with this key; undefined when the key is unknown or revoked.
   *
   * @param beforeLookUp awaited before a key is looked up that was not valid lately
   * @throws Unavailable
   */
  identify(text: string, beforeLookUp: () => Promise<void>): Promise<Caller | undefined> {
    return this.identifyHash(hashOfKey(text), beforeLookUp);
  }

  /** The same by the key's SHA-256, 32 bytes. @throws Unavailable */
  async identifyHash(hash: Buffer, beforeLookUp: () => Promise<void>): Promise<Caller | undefined> {
    if (this.#adminHash && hash.length === this.#adminHash.length && timingSafeEqual(hash, this.#adminHash))
      return CONFIGURED_ADMIN;
    const name = hash.toString('base64');
    const known = this.#known.get(name);
    if (known) return known;
    if (!this.#familiar.has(name)) await beforeLookUp();
    return this.#pending.get(name) ?? this.#lookUp(hash, name);
  }

  /** One look-up for all requests that come with the key meanwhile. */
  #lookUp(hash: Buffer, name: string): Promise<Caller | undefined> {
    const pending = this.#find(hash, name).finally(() => this.#pending.delete(name));
    this.#pending.set(name, pending);
    return pending;
  }

  async #find(hash: Buffer, name: string): Promise<Caller | undefined> {
    const generation = this.#generation;
    const key = await this.#apiKeys.findByHash(hash);
    if (!key) {
      this.#familiar.delete(name);
      return undefined;
    }
    const caller = { id: key.id, name: key.name, role: key.role, tenantId: key.tenantId };
    // a look-up that began before a revocation must not outlive it
    if (generation === this.#generation) this.#known.set(name, caller);
    this.#familiar.set(name, true);
    return caller;
  }

  /** Clears the cache, after a key was revoked or a tenant deleted. */
  forget(): void {
    this.#generation++;
    this.#known.clear();
    this.#pending.clear();
  }
}

export function hashOfKey(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
