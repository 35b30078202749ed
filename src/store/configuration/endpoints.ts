import { toId, toUuid } from '../../domain/id.ts';
import type { EndpointFilter, EndpointStore } from '../../ports/endpoints.ts';
import type { DueDelivery } from '../../ports/queue.ts';
import { recordAct } from '../audit/act.ts';
import { allOf, equals, equalsId } from '../conditions.ts';
import type { Database } from '../database.ts';
import { holdWaiting, releaseHeld } from '../deliveries/open-deliveries.ts';
import { retryAllNow } from '../deliveries/retry-now.ts';
import { writeEvents } from '../events/accept-events.ts';
import { storeOperationalEvents } from '../events/operational-events.ts';
import type { Prisma } from '../generated/client.ts';
import { createTenantRows } from '../tenant-rows.ts';
import { disableSubscriptions, enableSubscriptions } from './bulk-subscription-changes.ts';
import { changeConfiguration } from './change-configuration.ts';
import { type EndpointRow, endpoint, endpointRecord, selectEndpointRecords } from './endpoint-rows.ts';

export function createEndpointStore(db: Database): EndpointStore {
  const rows = createTenantRows(db, selectEndpointRecords, endpointRecord);
  return {
    find: (tenantId, id) => rows.find(tenantId, id),
    list: (tenantId, filter, page) => rows.list(tenantId, matches(filter), page),

    async tenantsOf(ids) {
      const tenants = await db.$queryRaw<{ id: string }[]>`
        SELECT DISTINCT t.id FROM endpoints e JOIN tenants t ON t.id = e.tenant_id AND t.deleted_at IS NULL
        WHERE e.id = ANY(${ids.map(toUuid)}::uuid[])`;
      return tenants.map(({ id }) => toId('tenant', id));
    },

    async recordHealthChanges(changes, plan) {
      const reported = changes.map(({ endpointId, failingForMs }) => ({
        id: toUuid(endpointId),
        for_ms: failingForMs ?? null,
      }));
      return db.$transaction(async (tx) => {
        const rows = await tx.$queryRaw<(EndpointRow & { readonly failing_since: Date | null })[]>`
          UPDATE endpoints e SET failing_since = now() - c.for_ms * interval '1 ms',
            last_failed_since = coalesce(now() - c.for_ms * interval '1 ms', e.last_failed_since)
          FROM json_to_recordset(${JSON.stringify(reported)}::json) AS c (id uuid, for_ms float8), tenants
          WHERE e.id = c.id AND tenants.id = e.tenant_id AND tenants.deleted_at IS NULL
            AND (e.failing_since IS NULL) <> (c.for_ms IS NULL)
          RETURNING e.id, e.tenant_id, e.integration_id, e.url, e.failing_since`;
        const changed = rows.map((row) => ({
          ...endpoint(row),
          failingSince: row.failing_since ?? undefined,
        }));
        if (changed.length > 0) await writeEvents(tx, ...plan(changed));
        return changed;
      });
    },

    async failing() {
      // endpoints_failing_since_idx
      const failing = await db.$queryRaw<(EndpointRow & { readonly unchanged_for_ms: number | null })[]>`
        SELECT e.id, e.tenant_id, e.integration_id, e.url,
          (SELECT extract(epoch FROM now() - greatest(e.failing_since, max(s.updated_at)))::float8 * 1000 FROM subscriptions s
           WHERE s.endpoint_id = e.id AND s.disabled IS NULL AND s.deleted_at IS NULL HAVING count(*) > 0) AS unchanged_for_ms
        FROM endpoints e JOIN tenants t ON t.id = e.tenant_id AND t.deleted_at IS NULL
        WHERE e.failing_since IS NOT NULL`;
      return failing.map((row) => ({ ...endpoint(row), unchangedForMs: row.unchanged_for_ms ?? undefined }));
    },

    async pause(tenantId, id, { by, reason }, plan) {
      const disabled = await changeConfiguration(db, tenantId, async (tx) => {
        const subscriptions = await disableSubscriptions(tx, tenantId, id, 'paused');
        if (subscriptions.length === 0) return [];
        await tx.$executeRaw`
          UPDATE endpoints SET paused_at = now(), paused_by = ${by}, paused_reason = ${reason}
          WHERE id = ${toUuid(id)}::uuid AND tenant_id = ${toUuid(tenantId)}::uuid`;
        await storeOperationalEvents(tx, subscriptions, plan);
        const after = { reason, subscriptions: subscriptions.length };
        await recordAct(tx, { tenantId, action: 'endpoint.disabled', kind: 'endpoint', target: id, after });
        return subscriptions;
      });
      await holdWaiting(db, disabled);
      return disabled.map((subscription) => toId('subscription', subscription));
    },

    async enable(tenantId, id, plan) {
      const enabled = await changeConfiguration(db, tenantId, async (tx) => {
        await tx.endpoint.updateMany({
          where: { id: toUuid(id), tenantId: toUuid(tenantId) },
          data: { failingSince: null, pausedAt: null, pausedBy: null, pausedReason: null },
        });
        const subscriptions = await enableSubscriptions(tx, tenantId, id);
        await storeOperationalEvents(tx, subscriptions, plan);
        const after = { subscriptions: subscriptions.length };
        await recordAct(tx, { tenantId, action: 'endpoint.enabled', kind: 'endpoint', target: id, after });
        return subscriptions;
      });
      const released: DueDelivery[] = [];
      for (const subscription of enabled) released.push(...(await releaseHeld(db, subscription)));
      released.push(...(await retryAllNow(db, id)));
      return released.sort((a, b) => (a.deliveryId < b.deliveryId ? -1 : 1));
    },
  };
}

function matches({ url, integrationId, state }: EndpointFilter): Prisma.Sql {
  return allOf(equals('url', url), equalsId('integration_id', integrationId), equals('state', state));
}
