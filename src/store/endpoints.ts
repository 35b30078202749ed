import { newId, toId, toUuid } from '../domain/id.ts';
import type { Subscription } from '../domain/subscription.ts';
import type { Endpoint } from '../domain/tenant-config.ts';
import type { EndpointStore } from '../pipeline/ports.ts';
import type { Database, Statements } from './database.ts';
import type { Endpoint as EndpointRow } from './generated/client.ts';

export function createEndpointStore(db: Database): EndpointStore {
  return {
    async find(tenantId, id) {
      const row = await db.endpoint.findFirst({ where: { id: toUuid(id), tenantId: toUuid(tenantId) } });
      return row ? endpointOf(row) : undefined;
    },
  };
}

/**
 * The UUID of the endpoint of a subscription's integration and URL. A new one gets the subscription's `endpointId`, unless
 * that is the endpoint of the URL it had before. Called under the tenant's lock (see config-version.ts), so nobody else makes it.
 */
export async function endpointFor(tx: Statements, subscription: Subscription): Promise<string> {
  const { endpointId, tenantId, integrationId, url, updatedAt } = subscription;
  const where = { integrationId_url: { integrationId: toUuid(integrationId), url } };
  const known = await tx.endpoint.findUnique({ where, select: { id: true } });
  if (known) return known.id;
  const taken = await tx.endpoint.count({ where: { id: toUuid(endpointId) } });
  const id = toUuid(taken > 0 ? newId('endpoint', updatedAt.getTime()) : endpointId);
  await tx.endpoint.create({ data: { id, tenantId: toUuid(tenantId), integrationId: toUuid(integrationId), url } });
  return id;
}

export function endpointOf(row: EndpointRow): Endpoint {
  return {
    id: toId('endpoint', row.id),
    tenantId: toId('tenant', row.tenantId),
    integrationId: toId('integration', row.integrationId),
    url: row.url,
  };
}
