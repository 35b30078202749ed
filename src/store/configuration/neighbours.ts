import { endpointAddress } from '../../domain/endpoint-address.ts';
import type { SubscriberCount } from '../../domain/fan-out.ts';
import { type EndpointId, type TenantId, toId, toUuid } from '../../domain/id.ts';
import type { Neighbour } from '../../domain/subscription.ts';
import type { Trigger } from '../../domain/trigger.ts';
import type { SubscriptionNames } from '../../ports/configuration.ts';
import type { Database, Statements } from '../database.ts';
import type { Prisma } from '../generated/client.ts';

const COLUMNS = { id: true, endpointId: true, trigger: true, templateId: true, options: true } as const;

/** The subscriptions of the endpoint of an integration and a URL, oldest first. */
export function neighboursAt(
  tx: Statements,
  { integrationId, url }: Pick<SubscriptionNames, 'integrationId' | 'url'>,
): Promise<Neighbour[]> {
  // endpoints_integration_id_url_key, subscriptions_endpoint_id_idx
  return readNeighbours(tx, { endpoint: { integrationId: toUuid(integrationId), url: endpointAddress(url) } });
}

export function neighboursOf(db: Database, tenantId: TenantId, endpoints: readonly EndpointId[]): Promise<Neighbour[]> {
  // subscriptions_endpoint_id_idx
  return readNeighbours(db, { tenantId: toUuid(tenantId), endpointId: { in: endpoints.map(toUuid) } });
}

async function readNeighbours(db: Database | Statements, matching: Prisma.SubscriptionWhereInput): Promise<Neighbour[]> {
  const where = { ...matching, deletedAt: null };
  const rows = await db.subscription.findMany({ where, orderBy: { id: 'asc' }, select: COLUMNS });
  return rows.map(({ id, endpointId, trigger, templateId, options }) => ({
    id: toId('subscription', id),
    endpointId: toId('endpoint', endpointId),
    trigger: trigger as Trigger,
    templateId: templateId === null ? null : toId('template', templateId),
    options: options as object,
  }));
}

export async function countSubscribers(db: Database | Statements, tenantId: TenantId): Promise<SubscriberCount[]> {
  // subscriptions_tenant_id_id_idx
  const rows = await db.$queryRaw<{ trigger: string; template_id: string | null; count: number }[]>`
    SELECT trigger, template_id, count(*)::int AS count FROM subscriptions
    WHERE tenant_id = ${toUuid(tenantId)}::uuid AND deleted_at IS NULL GROUP BY trigger, template_id`;
  return rows.map(({ trigger, template_id, count }) => ({
    trigger: trigger as Trigger,
    templateId: template_id === null ? null : toId('template', template_id),
    count,
  }));
}
