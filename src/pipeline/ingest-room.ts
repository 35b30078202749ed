import { Overloaded } from '../domain/errors.ts';
import type { TenantId } from '../domain/id.ts';
import type { PostedItem } from '../domain/read-posted-event.ts';

/** What may wait for its commit at once; see docs/performance.md for what it costs in memory. A request is an eighth of it at most. */
const MAX_EVENTS = 50_000;
const MAX_BYTES = 64 * 1024 * 1024;

interface Load {
  readonly events: number;
  readonly bytes: number;
}

const NOTHING: Load = { events: 0, bytes: 0 };

/**
 * Bounds the events that wait for their commit: a Postgres that is slow or frozen must not fill the memory. A tenant has at most
 * half of what the others leave, so there is always room for one more tenant.
 */
export class IngestRoom {
  #total = NOTHING;
  readonly #byTenant = new Map<TenantId, Load>();

  /**
   * Runs `work` while the items have room.
   *
   * @throws Overloaded when there is no room; nothing was done then
   */
  async within<T>(tenantId: TenantId, items: readonly PostedItem[], work: () => Promise<T>): Promise<T> {
    const load = { events: items.length, bytes: bytesOf(items) };
    if (!this.#fits(tenantId, load)) throw new Overloaded('Events come in faster than they can be stored');
    this.#add(tenantId, load, 1);
    try {
      return await work();
    } finally {
      this.#add(tenantId, load, -1);
    }
  }

  #fits(tenantId: TenantId, { events, bytes }: Load): boolean {
    const own = this.#byTenant.get(tenantId) ?? NOTHING;
    const others = plus(this.#total, own, -1);
    return own.events + events <= (MAX_EVENTS - others.events) / 2 && own.bytes + bytes <= (MAX_BYTES - others.bytes) / 2;
  }

  #add(tenantId: TenantId, load: Load, sign: 1 | -1): void {
    this.#total = plus(this.#total, load, sign);
    const own = plus(this.#byTenant.get(tenantId) ?? NOTHING, load, sign);
    if (own.events > 0) this.#byTenant.set(tenantId, own);
    else this.#byTenant.delete(tenantId);
  }
}

function plus(a: Load, b: Load, sign: 1 | -1): Load {
  return { events: a.events + sign * b.events, bytes: a.bytes + sign * b.bytes };
}

/** The bytes of the events as posted, to within a factor for text outside ASCII. */
export function bytesOf(items: readonly PostedItem[]): number {
  return items.reduce((sum, { text }) => sum + text.length, 0);
}
