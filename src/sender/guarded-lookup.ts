import type { LookupFunction } from 'node:net';
import { performance } from 'node:perf_hooks';
import { LRUCache } from 'lru-cache';
import type { AddressGuard } from './address-guard.ts';
import type { NameLookup, NameResolver } from './name-resolver.ts';

/** The addresses of a name that may be dialled. `forbidden`: the name resolves, but to no allowed address. */
type GuardedAddresses =
  | { readonly kind: 'addresses'; readonly addresses: readonly string[] }
  | { readonly kind: 'forbidden'; readonly detail: string }
  | { readonly kind: 'failed'; readonly detail: string };

export interface GuardedLookup {
  /** Never throws. */
  resolve(name: string): Promise<GuardedAddresses>;
  /**
   * `resolve` in the form that `net.connect` takes. It returns the addresses that are dialled, so a name cannot be rebound
   * between check and connect. Fails with `NotDialled`.
   */
  readonly lookup: LookupFunction;
}

/** No connection was attempted. Node's and got's errors carry it as their cause. */
export class NotDialled extends Error {
  readonly failure: 'dns' | 'forbidden_address';

  constructor(failure: 'dns' | 'forbidden_address', detail: string) {
    super(detail);
    this.name = 'NotDialled';
    this.failure = failure;
  }
}

const MAX_TTL_MS = 30_000;
const MIN_TTL_MS = 1000;
const FAILED_TTL_MS = 3000;
const MAX_NAMES = 4096;

/**
 * Caches each result for the TTL of its records, limited to 1 to 30 s (3 s for a failed lookup), so that a busy endpoint
 * does not cause a lookup per connection. Concurrent calls for one name share one lookup.
 *
 * @param nowMs a monotonic clock, in milliseconds
 */
export function createGuardedLookup(
  guard: AddressGuard,
  resolver: NameResolver,
  nowMs: () => number = () => performance.now(),
): GuardedLookup {
  const cache = new LRUCache<string, Promise<GuardedAddresses>>({ max: MAX_NAMES, ttlResolution: 0, perf: { now: nowMs } });
  function resolve(name: string): Promise<GuardedAddresses> {
    const cached = cache.get(name);
    if (cached) return cached;
    const pending = resolver.resolve(name).then((result) => {
      cache.set(name, pending, { ttl: ttlOf(result) });
      return onlyAllowed(name, result, guard);
    });
    cache.set(name, pending);
    return pending;
  }
  return {
    resolve,
    lookup(name, options, callback) {
      void resolve(name).then((result) => {
        if (result.kind !== 'addresses') {
          const failure = result.kind === 'forbidden' ? 'forbidden_address' : 'dns';
          callback(new NotDialled(failure, result.detail), '', 0);
          return;
        }
        const dialable = result.addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
        if (options.all) callback(null, dialable);
        else callback(null, dialable[0]?.address ?? '', dialable[0]?.family ?? 0);
      });
    },
  };
}

function onlyAllowed(name: string, result: NameLookup, guard: AddressGuard): GuardedAddresses {
  if (result.kind === 'failed') return { kind: 'failed', detail: `${name} does not resolve (${result.code})` };
  const allowed = result.addresses.filter((address) => guard.allows(address));
  if (allowed.length > 0) return { kind: 'addresses', addresses: allowed };
  // The detail omits the addresses: otherwise a tenant could read internal DNS zones.
  return { kind: 'forbidden', detail: `${name} resolves to no public address` };
}

function ttlOf(result: NameLookup): number {
  if (result.kind === 'failed') return FAILED_TTL_MS;
  return Math.min(Math.max(result.ttlMs, MIN_TTL_MS), MAX_TTL_MS);
}
