import { describe, expect, test } from 'vitest';
import { type EndpointId, newId } from '../../../src/domain/id.ts';
import { Recoverer } from '../../../src/pipeline/recover.ts';
import type { OverdueDelivery, OverdueStore } from '../../../src/ports/overdue.ts';
import type { Carried, DeliveryQueue, DueDelivery } from '../../../src/ports/queue.ts';

const tenantId = newId('tenant', 0);
let ms = 0;

/** A store and a queue in memory. */
class World {
  readonly due = new Map<EndpointId, OverdueDelivery[]>();
  readonly carried = new Set<string>();
  readonly failing = new Set<EndpointId>();
  /** How many deliveries were read and offered since the last look. */
  read = 0;
  offered = 0;
  readonly recoverer: Recoverer;

  constructor() {
    const claims = {
      releaseStranded: async () => [],
      releaseBlocked: async () => ({ released: [], cursor: undefined }),
    };
    this.recoverer = new Recoverer({ claims, overdue: this.#store(), queue: this.#queue(), log: console });
  }

  /** Deliveries of a new endpoint; `carried`: so many of the oldest are in the queue. */
  endpoint(count: number, { carried = 0, failing = false } = {}): EndpointId {
    const endpointId = newId('endpoint', ms++);
    const due = Array.from({ length: count }, () => {
      const deliveryId = newId('delivery', ms++);
      return { deliveryId, tenantId, endpointId, attempt: 1, delayMs: 0, dueAt: new Date(ms) };
    });
    this.due.set(endpointId, due);
    for (const { deliveryId } of due.slice(0, carried)) this.carried.add(deliveryId);
    if (failing) this.failing.add(endpointId);
    return endpointId;
  }

  missing(endpoint: EndpointId): number {
    return this.#of(endpoint).filter(({ deliveryId }) => !this.carried.has(deliveryId)).length;
  }

  /** The queue loses deliveries. */
  lose(endpoint: EndpointId, from: number, to: number): void {
    for (const { deliveryId } of this.#of(endpoint).slice(from, to)) this.carried.delete(deliveryId);
  }

  /** The oldest deliveries end. */
  deliver(endpoint: EndpointId, count: number): void {
    this.due.set(endpoint, this.#of(endpoint).slice(count));
  }

  async sweep(): Promise<{ read: number; offered: number }> {
    this.read = 0;
    this.offered = 0;
    await this.recoverer.sweep();
    return { read: this.read, offered: this.offered };
  }

  #of(endpoint: EndpointId): readonly OverdueDelivery[] {
    return this.due.get(endpoint) ?? [];
  }

  #store(): OverdueStore {
    return {
      heads: async (_grace, { endpoints, limit }, after) => {
        const next = [...this.due.keys()].filter((id) => !after || id > after).slice(0, endpoints);
        const heads = next.map((endpointId) => ({ endpointId, overdue: this.#of(endpointId).slice(0, limit) }));
        for (const { overdue } of heads) this.read += overdue.length;
        return heads;
      },
      of: async (endpointId, _grace, limit, cursor) => {
        const due = this.#of(endpointId);
        const page = due.filter(({ dueAt }) => !cursor || dueAt > cursor.dueAt).slice(0, limit);
        this.read += page.length;
        return page;
      },
    };
  }

  #queue(): DeliveryQueue {
    return {
      offer: () => {},
      offerAndWait: async (offered: readonly DueDelivery[]) => {
        this.offered += offered.length;
        for (const { deliveryId } of offered) this.carried.add(deliveryId);
      },
      lookFor: async (heads) =>
        heads.map(({ endpointId, overdue }): Carried => {
          const parked = this.#of(endpointId).filter(({ deliveryId }) => this.carried.has(deliveryId)).length;
          const missing = overdue.filter(({ deliveryId }) => !this.carried.has(deliveryId));
          return { endpointId, parked, isFailing: this.failing.has(endpointId), missing };
        }),
      waiting: async () => 0,
      sweepDeadJobs: async () => {},
    };
  }
}

describe('a sweep', () => {
  test('finds what is lost behind a backlog of another endpoint, which costs it a head', async () => {
    const world = new World();
    const dead = world.endpoint(60_000, { carried: 50_000 });
    const lost = world.endpoint(1);
    expect(await world.sweep()).toEqual({ read: 21, offered: 1 });
    expect([world.missing(dead), world.missing(lost)]).toEqual([10_000, 0]);
  });

  test('offers all of a short backlog that is lost, in one sweep', async () => {
    const world = new World();
    const endpoints = Array.from({ length: 250 }, (_, n) => world.endpoint(n));
    await world.sweep();
    expect(endpoints.map((id) => world.missing(id)).reduce((sum, count) => sum + count)).toBe(0);
  });

  test('tops an endpoint up when few are parked, each delivery once', async () => {
    const world = new World();
    const draining = world.endpoint(30_000, { carried: 10_000 });
    expect((await world.sweep()).offered).toBe(0);
    let offered = 0;
    for (let sweep = 0; sweep < 20; sweep++) {
      world.deliver(draining, 3000);
      offered += (await world.sweep()).offered;
    }
    expect(world.missing(draining)).toBe(0);
    expect(offered).toBeLessThan(35_000); // those that it already had are offered once, for the sweep does not know them
  });

  test('gives an endpoint that fails its head, and no more', async () => {
    const world = new World();
    const failing = world.endpoint(60_000, { failing: true });
    expect(await world.sweep()).toEqual({ read: 20, offered: 20 });
    expect(await world.sweep()).toEqual({ read: 20, offered: 0 });
    expect(world.missing(failing)).toBe(59_980);
  });

  test('begins again when the queue lost a whole head that it had offered', async () => {
    const world = new World();
    const endpoint = world.endpoint(3000);
    await world.sweep();
    world.lose(endpoint, 0, 2000);
    await world.sweep();
    expect(world.missing(endpoint)).toBe(0);
  });

  test('offers what is older than all that is parked, however much that is', async () => {
    const world = new World();
    const endpoint = world.endpoint(60_000, { carried: 60_000 });
    world.lose(endpoint, 0, 3000); // for example refused, when the list was full
    await world.sweep();
    expect(world.missing(endpoint)).toBe(0);
  });

  test('finds single losses as their turn passes', async () => {
    const world = new World();
    const endpoint = world.endpoint(3000);
    await world.sweep();
    world.lose(endpoint, 5, 6);
    world.lose(endpoint, 50, 51);
    await world.sweep();
    expect(world.missing(endpoint)).toBe(1);
    world.deliver(endpoint, 40);
    await world.sweep();
    expect(world.missing(endpoint)).toBe(0);
  });
});
