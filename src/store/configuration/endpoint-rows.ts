import { toId } from '../../domain/id.ts';
import type { Limits } from '../../domain/limits.ts';
import type { DisabledReason } from '../../domain/subscription.ts';
import type { Endpoint } from '../../domain/tenant-config.ts';
import type { EndpointRecord, EndpointState } from '../../ports/endpoints.ts';
import { type Endpoint as EndpointModel, Prisma } from '../generated/client.ts';

/** Endpoints of existing integrations, with the counts of their subscriptions (subscriptions_endpoint_id_idx). */
export const selectEndpointRecords = Prisma.sql`
  SELECT * FROM (
    SELECT e.id, e.tenant_id, e.integration_id, e.url, e.failing_since, e.last_failed_since, e.paused_at, e.paused_by, e.paused_reason,
      e.created_at, i.limits, s.count, s.disabled, s.reasons,
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

export interface EndpointRow {
  readonly id: string;
  readonly tenant_id: string;
  readonly integration_id: string;
  readonly url: string;
}

export interface EndpointRecordRow extends EndpointRow {
  readonly failing_since: Date | null;
  readonly last_failed_since: Date | null;
  readonly paused_at: Date | null;
  readonly paused_by: string | null;
  readonly paused_reason: string | null;
  readonly created_at: Date;
  readonly limits: Limits;
  readonly count: number;
  readonly disabled: number;
  readonly reasons: DisabledReason[];
  readonly state: EndpointState;
}

/** Reads a row of a Prisma query. */
export function endpointOf({ id, tenantId, integrationId, url }: EndpointModel): Endpoint {
  return {
    id: toId('endpoint', id),
    tenantId: toId('tenant', tenantId),
    integrationId: toId('integration', integrationId),
    url,
  };
}

/** Reads a row of a SQL statement. */
export function endpoint({ id, tenant_id, integration_id, url }: EndpointRow): Endpoint {
  return {
    id: toId('endpoint', id),
    tenantId: toId('tenant', tenant_id),
    integrationId: toId('integration', integration_id),
    url,
  };
}

export function endpointRecord(row: EndpointRecordRow): EndpointRecord {
  const { count, disabled, reasons, paused_at, paused_by, paused_reason } = row;
  return {
    ...endpoint(row),
    state: row.state,
    limits: row.limits,
    failingSince: row.failing_since ?? undefined,
    lastFailedSince: row.last_failed_since ?? undefined,
    paused: paused_at ? { at: paused_at, by: paused_by ?? '', reason: paused_reason ?? '' } : undefined,
    subscriptions: { count, disabled, reasons },
    createdAt: row.created_at,
  };
}
