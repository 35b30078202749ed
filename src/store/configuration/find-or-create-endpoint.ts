import { endpointAddress } from '../../domain/endpoint-address.ts';
import { newId, toUuid } from '../../domain/id.ts';
import type { Subscription } from '../../domain/subscription.ts';
import type { Statements } from '../database.ts';

/**
 * Returns the UUID of the endpoint for a subscription's integration and address, and creates the endpoint if necessary. A new
 * endpoint gets the id `subscription.endpointId`, unless that id belongs to the endpoint of the subscription's previous URL.
 * Must run in `changeConfiguration`, whose tenant lock prevents a concurrent insert.
 */
type Addressed = Pick<Subscription, 'endpointId' | 'tenantId' | 'integrationId' | 'url' | 'updatedAt'>;

export async function findOrCreateEndpoint(tx: Statements, subscription: Addressed): Promise<string> {
  const { endpointId, tenantId, integrationId, updatedAt } = subscription;
  const url = endpointAddress(subscription.url);
  const where = { integrationId_url: { integrationId: toUuid(integrationId), url } };
  const existing = await tx.endpoint.findUnique({ where, select: { id: true } });
  if (existing) return existing.id;
  const taken = await tx.endpoint.count({ where: { id: toUuid(endpointId) } });
  const id = toUuid(taken > 0 ? newId('endpoint', updatedAt.getTime()) : endpointId);
  const owner = { tenantId: toUuid(tenantId), integrationId: toUuid(integrationId) };
  await tx.endpoint.create({ data: { id, ...owner, url, normalised: true } });
  return id;
}
