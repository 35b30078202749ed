import {
  type EndpointId,
  type EventId,
  type SubscriptionId,
  type TemplateId,
  type TenantId,
  toId,
  toUuid,
} from '../../domain/id.ts';
import type { TemplateRef } from '../../domain/template.ts';
import type { DeliveryFilter } from '../../ports/deliveries.ts';
import { allOf, equals } from '../conditions.ts';
import type { Statements } from '../database.ts';
import { Prisma } from '../generated/client.ts';

/** What other tables say about a filter: undefined where it does not ask them, empty where they know nothing of the kind. */
interface Narrowings {
  /** Those of deleted subscriptions too. */
  readonly subscriptionIds?: readonly SubscriptionId[];
  readonly endpointIds?: readonly EndpointId[];
  readonly passIds?: readonly string[];
  readonly eventIds?: readonly EventId[];
  /** Those of deleted templates too. */
  readonly templateIds?: readonly TemplateId[];
}

export type Narrowed<F> = F & Narrowings;

/**
 * A filter with what its subscriptions, endpoints, passes and events are. They are asked for before the list itself, since only with their values can
 * Postgres tell whether they are rare: a page of what is rare would otherwise be looked for among all deliveries of the tenant.
 */
export async function narrow<F extends DeliveryFilter>(
  db: Statements,
  tenantId: TenantId,
  filter: F,
): Promise<Narrowed<F>> {
  const { template } = filter;
  return {
    ...filter,
    ...(await subscriptionsTo(db, tenantId, filter.trigger)),
    ...(await endpointsOf(db, tenantId, filter)),
    ...(await eventsOf(db, tenantId, filter)),
    ...(template && { templateIds: await templatesOf(db, tenantId, template) }),
  };
}

/** A subscription's trigger cannot change. subscriptions_tenant_id_id_idx: a tenant has few. */
async function subscriptionsTo(
  db: Statements,
  tenantId: TenantId,
  trigger: DeliveryFilter['trigger'],
): Promise<Narrowings> {
  if (trigger === undefined) return {};
  const rows = await db.$queryRaw<{ id: string }[]>`
    SELECT id FROM subscriptions WHERE tenant_id = ${toUuid(tenantId)}::uuid AND trigger = ${trigger}`;
  return { subscriptionIds: rows.map(({ id }) => toId('subscription', id)) };
}

/** endpoints_tenant_id_id_idx: a tenant has few. */
async function endpointsOf(
  db: Statements,
  tenantId: TenantId,
  { integrationId, url }: DeliveryFilter,
): Promise<Narrowings> {
  if (integrationId === undefined && url === undefined) return {};
  const rows = await db.$queryRaw<{ id: string }[]>`
    SELECT id FROM endpoints
    WHERE tenant_id = ${toUuid(tenantId)}::uuid
      AND ${allOf(
        integrationId && Prisma.sql`integration_id = ${toUuid(integrationId)}::uuid`,
        url === undefined ? undefined : isAt(url),
      )}`;
  return { endpointIds: rows.map(({ id }) => toId('endpoint', id)) };
}

/** A host stands between the scheme and the path or the query; its port may be left out. */
export function isAt(url: string): Prisma.Sql {
  if (url.includes('://')) return Prisma.sql`starts_with(url, ${url})`;
  const host = Prisma.sql`lower(substring(url FROM '^[^:]+://([^/?#]+)'))`;
  return Prisma.sql`${url.toLowerCase()} IN (${host}, regexp_replace(${host}, ':[0-9]+$', ''))`;
}

/**
 * A `userProvidedId` leads to passes, the other ids to events, and an event to its pass, since deliveries are not indexed by events.
 * events_user_provided_id_idx, events_tracking_id_idx, events_producer_id_idx, events_pkey
 */
async function eventsOf(db: Statements, tenantId: TenantId, filter: DeliveryFilter): Promise<Narrowings> {
  const { eventId, userProvidedId, trackingId, producerId } = filter;
  if (userProvidedId === undefined && trackingId === undefined && producerId === undefined) {
    return eventId === undefined ? {} : passOf(db, tenantId, eventId);
  }
  const found = Prisma.sql`
    FROM events WHERE tenant_id = ${toUuid(tenantId)}::uuid
      AND ${allOf(equals('user_provided_id', userProvidedId), equals('tracking_id', trackingId), equals('producer_id', producerId))}`;
  if (trackingId === undefined && producerId === undefined) {
    const passes = await db.$queryRaw<{ pass_id: string }[]>`SELECT DISTINCT pass_id ${found} LIMIT ${MOST}`;
    return { passIds: passes.map(({ pass_id }) => pass_id) };
  }
  const events = await db.$queryRaw<{ id: string; pass_id: string }[]>`
    SELECT id, pass_id ${found} ORDER BY id DESC LIMIT ${MOST}`;
  return {
    passIds: [...new Set(events.map(({ pass_id }) => pass_id))],
    eventIds: events.map(({ id }) => toId('event', id)),
  };
}

/** Nothing where the event is no longer stored. */
async function passOf(db: Statements, tenantId: TenantId, eventId: EventId): Promise<Narrowings> {
  const [event] = await db.$queryRaw<{ pass_id: string }[]>`
    SELECT pass_id FROM events WHERE id = ${toUuid(eventId)}::uuid AND tenant_id = ${toUuid(tenantId)}::uuid`;
  return event ? { passIds: [event.pass_id] } : {};
}

/** A customer's passes and the events of a request are fewer; more would make a statement too long. */
const MOST = 1000;

/** templates_tenant_id_id_idx: a tenant has few. */
export async function templatesOf(
  db: Statements,
  tenantId: TenantId,
  template: TemplateRef,
): Promise<readonly TemplateId[]> {
  if ('id' in template) return [template.id];
  const rows = await db.$queryRaw<{ id: string }[]>`
    SELECT id FROM templates WHERE tenant_id = ${toUuid(tenantId)}::uuid AND external_id = ${template.externalId}`;
  return rows.map(({ id }) => toId('template', id));
}
