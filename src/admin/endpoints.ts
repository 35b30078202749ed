import { notFound, Unavailable } from '../domain/errors.ts';
import type { EndpointId, TenantId } from '../domain/id.ts';
import type { EndpointHealth, EndpointHealthStore } from '../ports/endpoint-health.ts';
import type { EndpointFilter, EndpointRecord, EndpointStore } from '../ports/endpoints.ts';
import type { Page, PageQuery } from '../ports/page.ts';

export interface EndpointViewDeps {
  readonly endpoints: Pick<EndpointStore, 'find' | 'list'>;
  readonly endpointHealth: Pick<EndpointHealthStore, 'of'>;
}

export interface ShownEndpoint {
  readonly endpoint: EndpointRecord;
  /** Undefined when Redis does not answer. */
  readonly health: EndpointHealth | undefined;
}

/** @throws Problem not_found */
export async function findEndpoint(deps: EndpointViewDeps, tenantId: TenantId, id: EndpointId): Promise<ShownEndpoint> {
  const endpoint = await deps.endpoints.find(tenantId, id);
  if (!endpoint) throw notFound('endpoint');
  return { endpoint, health: (await healthsWhereKnown(deps, [endpoint])).get(id) };
}

export async function listEndpoints(
  deps: EndpointViewDeps,
  tenantId: TenantId,
  filter: EndpointFilter,
  page: PageQuery,
): Promise<Page<ShownEndpoint>> {
  const { data, nextCursor } = await deps.endpoints.list(tenantId, filter, page);
  const healths = await healthsWhereKnown(deps, data);
  return { data: data.map((endpoint) => ({ endpoint, health: healths.get(endpoint.id) })), nextCursor };
}

async function healthsWhereKnown(
  { endpointHealth }: EndpointViewDeps,
  endpoints: readonly EndpointRecord[],
): Promise<ReadonlyMap<EndpointId, EndpointHealth>> {
  try {
    return await endpointHealth.of(endpoints.map(({ id }) => id));
  } catch (error) {
    if (error instanceof Unavailable) return new Map();
    throw error;
  }
}
