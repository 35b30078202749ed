import { lowestUuidAt, type TenantId, toUuid } from '../../domain/id.ts';
import type { TemplateRef } from '../../domain/template.ts';
import type { DeliveryFilter } from '../../ports/deliveries.ts';
import { allOf, equals, equalsId, within } from '../conditions.ts';
import { Prisma } from '../generated/client.ts';

// Conditions of lists of deliveries and dead letters. What other tables say is asked first, as an array (`ANY (ARRAY (...))`), so that
// it can be looked up in an index of the list's own table.

/** By what both tables have in columns of the same name. */
export function byCommonColumns(tenantId: TenantId, filter: Omit<DeliveryFilter, 'ids' | 'states' | 'test'>): Prisma.Sql {
  const { subscriptionId, endpointId, passId, trigger, eventId, ...rest } = filter;
  return allOf(
    equalsId('subscription_id', subscriptionId),
    equalsId('endpoint_id', endpointId),
    equals('pass_id', passId),
    equals('trigger', trigger),
    equalsId('event_id', eventId),
    within('created_at', rest),
    endpoints(tenantId, rest),
    passes(tenantId, rest),
  );
}

/** endpoints_tenant_id_id_idx: a tenant has few. */
function endpoints(tenantId: TenantId, { integrationId, url }: DeliveryFilter): Prisma.Sql | undefined {
  if (integrationId === undefined && url === undefined) return undefined;
  return Prisma.sql`endpoint_id = ANY(ARRAY(
    SELECT e.id FROM endpoints e
    WHERE e.tenant_id = ${toUuid(tenantId)}::uuid
      AND ${integrationId ? Prisma.sql`e.integration_id = ${toUuid(integrationId)}::uuid` : Prisma.sql`true`}
      AND ${url === undefined ? Prisma.sql`true` : isAt(url)}))`;
}

/** A host stands between the scheme and the port, the path or the query. */
function isAt(url: string): Prisma.Sql {
  if (url.includes('://')) return Prisma.sql`starts_with(e.url, ${url})`;
  return Prisma.sql`lower(substring(e.url FROM '^[^:]+://([^/?#]+)')) IN (${url.toLowerCase()}, ${url.toLowerCase()} || ':'
    || substring(e.url FROM '^[^:]+://[^/?#]+:([0-9]+)'))`;
}

/**
 * Ids that an event has lead to the pass (`userProvidedId`) or to the events themselves. events_user_provided_id_idx,
 * events_tracking_id_idx, events_producer_id_idx, then the list's own index on (tenant_id, pass_id)
 */
function passes(tenantId: TenantId, { userProvidedId, trackingId, producerId }: DeliveryFilter): Prisma.Sql | undefined {
  if (userProvidedId === undefined && trackingId === undefined && producerId === undefined) return undefined;
  const events = Prisma.sql`
    FROM events e
    WHERE e.tenant_id = ${toUuid(tenantId)}::uuid
      AND ${allOf(equals('e.user_provided_id', userProvidedId), equals('e.tracking_id', trackingId), equals('e.producer_id', producerId))}`;
  const isOfOneEvent = trackingId !== undefined || producerId !== undefined;
  return allOf(
    Prisma.sql`pass_id = ANY(ARRAY(SELECT e.pass_id ${events}))`,
    isOfOneEvent ? Prisma.sql`event_id = ANY(ARRAY(SELECT e.id ${events}))` : undefined,
  );
}

/** The UUIDs of a template, those of deleted ones too. */
export function templates(tenantId: TenantId, template: TemplateRef): Prisma.Sql {
  if ('id' in template) return Prisma.sql`ARRAY[${toUuid(template.id)}::uuid]`;
  return Prisma.sql`ARRAY(
    SELECT t.id FROM templates t WHERE t.tenant_id = ${toUuid(tenantId)}::uuid AND t.external_id = ${template.externalId})`;
}

/** A delivery is made before it is attempted; its id is at most this much newer than the row, as in `within`. */
const CLOCK_DIFFERENCE_MS = 60_000;

/** @param column an expression of the caller, never input */
export function attempted(column: Prisma.Sql, { attemptedAfter, attemptedBefore }: DeliveryFilter): Prisma.Sql {
  return allOf(
    attemptedAfter && Prisma.sql`${column} >= ${attemptedAfter}`,
    attemptedBefore &&
      Prisma.sql`${column} < ${attemptedBefore}
        AND id < ${lowestUuidAt(Math.max(0, attemptedBefore.getTime() + CLOCK_DIFFERENCE_MS))}::uuid`,
  );
}
