import { LRUCache } from 'lru-cache';
import type { PortalLink, PortalLinkStore } from '../../ports/portal-links.ts';
import { type Caller, hashOfKey } from '../key-ring.ts';

const MAX_CACHED = 10_000;
/** A token whose tenant another process deleted is accepted here for at most this long. */
const CACHE_TTL_MS = 5000;

/** Identifies people in the portal by their tokens. Known tokens are cached briefly, unknown ones never. */
export class PortalRing {
  readonly #links: Pick<PortalLinkStore, 'findByToken'>;
  readonly #known = new LRUCache<string, { readonly caller: Caller; readonly endsAtMs: number }>({ max: MAX_CACHED });
  #generation = 0;

  constructor(links: Pick<PortalLinkStore, 'findByToken'>) {
    this.#links = links;
  }

  /**
   * The person with this token; undefined when it is unknown, has ended, or its tenant was deleted.
   *
   * @param beforeLookUp awaited before the token is looked up
   * @throws Unavailable
   */
  async identify(text: string, beforeLookUp: () => Promise<void>): Promise<Caller | undefined> {
    const hash = hashOfKey(text);
    const name = hash.toString('base64');
    const known = this.#known.get(name);
    if (known) return { ...known.caller, sessionEndsInMs: Math.max(0, known.endsAtMs - performance.now()) };
    await beforeLookUp();
    const generation = this.#generation;
    const found = await this.#links.findByToken(hash);
    if (!found) return undefined;
    const { endsInMs } = found;
    const caller = visitorOf(found.link, endsInMs);
    // a look-up that began before a deletion must not outlive it
    if (generation === this.#generation && endsInMs >= 1) {
      const ttl = Math.min(CACHE_TTL_MS, Math.floor(endsInMs));
      this.#known.set(name, { caller, endsAtMs: performance.now() + endsInMs }, { ttl });
    }
    return caller;
  }

  /** Clears the cache, after a tenant was deleted. */
  forget(): void {
    this.#generation++;
    this.#known.clear();
  }
}

/** Who has opened a link, for `endsInMs` more. */
export function visitorOf({ id, person, permissions, tenantId }: PortalLink, endsInMs: number): Caller {
  const role = permissions === 'read' ? 'portal-reader' : 'portal';
  return { id, name: person ?? 'portal', role, tenantId, sessionEndsInMs: endsInMs };
}
