import { newId, toId, toUuid } from '../../domain/id.ts';
import type { Limits } from '../../domain/limits.ts';
import type { DisabledReason, Subscription } from '../../domain/subscription.ts';
import type { Endpoint } from '../../domain/tenant-config.ts';
import type { EndpointFilter, EndpointRecord, EndpointState, EndpointStore } from '../../ports/endpoints.ts';
import type { DueDelivery } from '../../ports/queue.ts';
import type { Database, Statements } from '../database.ts';
import { releaseHeld } from '../deliveries/open-deliveries.ts';
import { storeOperationalEvents, writeEvents } from '../events/accept-events.ts';
import { type Endpoint as EndpointRow, Prisma } from '../generated/client.ts';
import { idsBefore, toPage } from '../pages.ts';
import { changeConfiguration } from './change-configuration.ts';

export function createEndpointStore(db: Database): EndpointStore {
  return {
    async find(tenantId, id) {
      const [row] = await db.$queryRaw<ListedRow[]>`
        ${listed} WHERE tenant_id = ${toUuid(tenantId)}::uuid AND id = ${toUuid(id)}::uuid`;
      return row && endpointRecord(row);
    },

    async list(tenantId, filter, page) {
      // endpoints_tenant_id_id_idx
      const rows = await db.$queryRaw<ListedRow[]>`
        ${listed} WHERE tenant_id = ${toUuid(tenantId)}::uuid AND ${conditions(filter)} AND ${idsBefore(page)}
        ORDER BY id DESC LIMIT ${page.limit + 1}`;
      return toPage(rows, page, endpointRecord);
    },

    async recordHealthChanges(changes, plan) {
      const rows = changes.map(({ endpointId, failingSince }) => ({ id: toUuid(endpointId), since: failingSince ?? null }));
      await db.$transaction(async (tx) => {
        const changed = await tx.$queryRaw<ChangedRow[]>`
          UPDATE endpoints e SET failing_since = c.since
          FROM json_to_recordset(${JSON.stringify(rows)}::json) AS c (id uuid, since timestamptz), tenants
          WHERE e.id = c.id AND tenants.id = e.tenant_id AND tenants.deleted_at IS NULL
            AND (e.failing_since IS NULL) <> (c.since IS NULL)
          RETURNING e.id, e.tenant_id, e.integration_id, e.url, e.failing_since`;
        if (changed.length === 0) return;
        const planned = await plan(
          changed.map((row) => ({
            ...bare(row),
            endpointId: toId('endpoint', row.id),
            failingSince: row.failing_since ?? undefined,
          })),
        );
        const events = planned.flatMap((one) => one.events);
        await writeEvents(tx, { events, deliveries: planned.flatMap(({ deliveries }) => deliveries) });
      });
    },

    async failing() {
      // endpoints_failing_since_idx
      const rows = await db.$queryRaw<(BareRow & { readonly unchanged_since: Date | null })[]>`
        SELECT e.id, e.tenant_id, e.integration_id, e.url,
          (SELECT greatest(e.failing_since, max(s.updated_at)) FROM subscriptions s
           WHERE s.endpoint_id = e.id AND s.disabled IS NULL AND s.deleted_at IS NULL HAVING count(*) > 0) AS unchanged_since
        FROM endpoints e JOIN tenants t ON t.id = e.tenant_id AND t.deleted_at IS NULL
        WHERE e.failing_since IS NOT NULL`;
      return rows.map((row) => ({ ...bare(row), unchangedSince: row.unchanged_since ?? undefined }));
    },

    async enable(tenantId, id, plan) {
      const enabled = await changeConfiguration(db, tenantId, async (tx) => {
        await tx.endpoint.updateMany({
          where: { id: toUuid(id), tenantId: toUuid(tenantId) },
          data: { failingSince: null },
        });
        // subscriptions_endpoint_id_idx
        const rows = await tx.$queryRaw<{ id: string }[]>`
          UPDATE subscriptions SET disabled = NULL, updated_at = now()
          WHERE endpoint_id = ${toUuid(id)}::uuid AND tenant_id = ${toUuid(tenantId)}::uuid
            AND disabled IN ('gone', 'failing') AND deleted_at IS NULL
          RETURNING id`;
        await storeOperationalEvents(
          tx,
          rows.map((row) => row.id),
          plan,
        );
        return rows;
      });
      const released: DueDelivery[] = [];
      for (const subscription of enabled) released.push(...(await releaseHeld(db, subscription.id)));
      return released.sort((a, b) => (a.deliveryId < b.deliveryId ? -1 : 1));
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

/** Endpoints of integrations that are there, with what is counted of their subscriptions (subscriptions_endpoint_id_idx). */
const listed = Prisma.sql`
  SELECT * FROM (
    SELECT e.id, e.tenant_id, e.integration_id, e.url, e.failing_since, e.created_at, i.limits, s.count, s.disabled, s.reasons,
      CASE WHEN s.count > 0 AND s.count = s.disabled THEN 'disabled'
        WHEN e.failing_since IS NOT NULL THEN 'failing' ELSE 'active' END AS state
    FROM endpoints e
    JOIN integrations i ON i.id = e.integration_id AND i.deleted_at IS NULL
    CROSS JOIN LATERAL (
      SELECT count(*)::int AS count, count(disabled)::int AS disabled,
        coalesce(array_agg(DISTINCT disabled) FILTER (WHERE disabled IS NOT NULL), '{}') AS reasons
      FROM subscriptions WHERE endpoint_id = e.id AND deleted_at IS NULL
    ) s
  ) AS listed`;

function conditions({ integrationId, state }: EndpointFilter): Prisma.Sql {
  const all = [Prisma.sql`true`];
  if (integrationId) all.push(Prisma.sql`integration_id = ${toUuid(integrationId)}::uuid`);
  if (state) all.push(Prisma.sql`state = ${state}`);
  return Prisma.join(all, ' AND ');
}

interface BareRow {
  readonly id: string;
  readonly tenant_id: string;
  readonly integration_id: string;
  readonly url: string;
}

interface ChangedRow extends BareRow {
  readonly failing_since: Date | null;
}

interface ListedRow extends ChangedRow {
  readonly created_at: Date;
  readonly limits: Limits;
  readonly count: number;
  readonly disabled: number;
  readonly reasons: DisabledReason[];
  readonly state: EndpointState;
}

function bare({ id, tenant_id, integration_id, url }: BareRow): Endpoint {
  return {
    id: toId('endpoint', id),
    tenantId: toId('tenant', tenant_id),
    integrationId: toId('integration', integration_id),
    url,
  };
}

function endpointRecord(row: ListedRow): EndpointRecord {
  const { count, disabled, reasons } = row;
  return {
    ...bare(row),
    state: row.state,
    limits: row.limits,
    failingSince: row.failing_since ?? undefined,
    subscriptions: { count, disabled, reasons },
    createdAt: row.created_at,
  };
}
