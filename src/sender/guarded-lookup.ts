import type { LookupFunction } from 'node:net';
import { performance } from 'node:perf_hooks';
import { LRUCache } from 'lru-cache';
import type { AddressGuard } from './address-guard.ts';
import type { NameAnswer, NameResolver } from './name-resolver.ts';

/** What may be dialled under a name. */
type GuardedAnswer =
  | { readonly kind: 'addresses'; readonly addresses: readonly string[] }
  | { readonly kind: 'forbidden'; readonly detail: string }
  | { readonly kind: 'failed'; readonly detail: string };

export interface GuardedLookup {
  resolve(name: string): Promise<GuardedAnswer>;
  /** In the form that `net.connect` wants. It hands out allowed addresses only: they are what is dialled (no rebinding). */
  readonly lookup: LookupFunction;
}

/** Why a connection was not even tried. Rises through Node's and got's errors as their cause. */
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
 * Answers are kept for their own time to live, within 1 and 30 s (3 s when the lookup failed), so that a busy endpoint does
 * not ask for every connection; those who ask for a name at the same time share one question.
 *
 * @param nowMs a clock that only goes forward
 */
export function createGuardedLookup(
  guard: AddressGuard,
  resolver: NameResolver,
  nowMs: () => number = () => performance.now(),
): GuardedLookup {
  const answers = new LRUCache<string, Promise<GuardedAnswer>>({ max: MAX_NAMES, ttlResolution: 0, perf: { now: nowMs } });
  function resolve(name: string): Promise<GuardedAnswer> {
    const known = answers.get(name);
    if (known) return known;
    const asked = resolver.resolve(name).then((answer) => {
      answers.set(name, asked, { ttl: ttlOf(answer) });
      return judge(name, answer, guard);
    });
    answers.set(name, asked);
    return asked;
  }
  return {
    resolve,
    lookup(name, options, callback) {
      void resolve(name).then((answer) => {
        if (answer.kind !== 'addresses') {
          const failure = answer.kind === 'forbidden' ? 'forbidden_address' : 'dns';
          callback(new NotDialled(failure, answer.detail), '', 0);
          return;
        }
        const dialable = answer.addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
        if (options.all) callback(null, dialable);
        else callback(null, dialable[0]?.address ?? '', dialable[0]?.family ?? 0);
      });
    },
  };
}

function judge(name: string, answer: NameAnswer, guard: AddressGuard): GuardedAnswer {
  if (answer.kind === 'failed') return { kind: 'failed', detail: `${name} does not resolve (${answer.code})` };
  const allowed = answer.addresses.filter((address) => guard.allows(address));
  if (allowed.length > 0) return { kind: 'addresses', addresses: allowed };
  // Without the addresses: a tenant could otherwise read our internal zones.
  return { kind: 'forbidden', detail: `${name} resolves to no public address` };
}

function ttlOf(answer: NameAnswer): number {
  if (answer.kind === 'failed') return FAILED_TTL_MS;
  return Math.min(Math.max(answer.ttlMs, MIN_TTL_MS), MAX_TTL_MS);
}
