import type { EndpointId, TenantId } from '../../../../src/domain/id.ts';
import type { Lane } from '../../../../src/domain/lane.ts';

/** Round robin, in each lane over tenants and in each tenant over endpoints. Sets keep the order in which members were added. */
export class Rings {
  readonly #tenants = { fast: new Set<TenantId>(), slow: new Set<TenantId>() };
  readonly #endpoints = { fast: new Map<TenantId, Set<EndpointId>>(), slow: new Map<TenantId, Set<EndpointId>>() };

  /** No tenant is in a ring. */
  get isEmpty(): boolean {
    return this.#tenants.fast.size + this.#tenants.slow.size === 0;
  }

  addEndpoint(lane: Lane, tenant: TenantId, endpoint: EndpointId): void {
    this.#ring(lane, tenant).add(endpoint);
  }

  /** Only a tenant with endpoints in its ring is in the ring of tenants. */
  addTenant(lane: Lane, tenant: TenantId): void {
    if (this.#ring(lane, tenant).size > 0) this.#tenants[lane].add(tenant);
  }

  remove(lane: Lane, tenant: TenantId, endpoint: EndpointId): void {
    this.#ring(lane, tenant).delete(endpoint);
  }

  takeTenant(lane: Lane): TenantId | undefined {
    return takeFirst(this.#tenants[lane]);
  }

  takeEndpoint(lane: Lane, tenant: TenantId): EndpointId | undefined {
    return takeFirst(this.#ring(lane, tenant));
  }

  tenantsOf(lane: Lane): TenantId[] {
    return [...this.#tenants[lane]];
  }

  endpointsOf(lane: Lane, tenant: TenantId): EndpointId[] {
    return [...this.#ring(lane, tenant)];
  }

  clear(): void {
    for (const lane of ['fast', 'slow'] as const) {
      this.#tenants[lane].clear();
      this.#endpoints[lane].clear();
    }
  }

  #ring(lane: Lane, tenant: TenantId): Set<EndpointId> {
    const ring = this.#endpoints[lane].get(tenant) ?? new Set();
    this.#endpoints[lane].set(tenant, ring);
    return ring;
  }
}

function takeFirst<T>(ring: Set<T>): T | undefined {
  const [first] = ring;
  if (first !== undefined) ring.delete(first);
  return first;
}
