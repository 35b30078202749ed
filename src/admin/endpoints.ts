import { notFound } from '../domain/errors.ts';
import type { EndpointId, TenantId } from '../domain/id.ts';
import type { EndpointHealth, EndpointHealthStore } from '../ports/endpoint-health.ts';
import type { EndpointFilter, EndpointRecord, EndpointStore } from '../ports/endpoints.ts';
import type { Page, PageQuery } from '../ports/page.ts';
import { whereKnown } from './live.ts';

export interface EndpointViewDeps {
  readonly endpoints: Pick<EndpointStore, 'find' | 'list'>;
  readonly endpointHealth: Pick<EndpointHealthStore, 'of'>;
}

export interface ShownEndpoint {
  readonly endpoint: EndpointRecord;
  /** Undefined when Redis does not answer. */
  readonly live: EndpointHealth | undefined;
}

/** @throws Problem not_found */
export async function findEndpoint(deps: EndpointViewDeps, tenantId: TenantId, id: EndpointId): Promise<ShownEndpoint> {
  const endpoint = await deps.endpoints.find(tenantId, id);
  if (!endpoint) throw notFound('endpoint');
  const live = await whereKnown(() => deps.endpointHealth.of([id]));
  return { endpoint, live: live?.get(id) };
}

export async function listEndpoints(
  deps: EndpointViewDeps,
  tenantId: TenantId,
  filter: EndpointFilter,
  page: PageQuery,
): Promise<Page<ShownEndpoint>> {
  const { data, nextCursor } = await deps.endpoints.list(tenantId, filter, page);
  const live = await whereKnown(() => deps.endpointHealth.of(data.map(({ id }) => id)));
  return { data: data.map((endpoint) => ({ endpoint, live: live?.get(endpoint.id) })), nextCursor };
}
