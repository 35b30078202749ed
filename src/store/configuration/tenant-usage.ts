import { type TenantId, toUuid } from '../../domain/id.ts';
import type { TenantUsage } from '../../domain/tenant-bounds.ts';
import type { Statements } from '../database.ts';

/** What the tenant has configured. Reads all its templates and mappings, so only additions ask for it. */
export async function readUsage(tx: Statements, tenantId: TenantId): Promise<TenantUsage> {
  const tenant = toUuid(tenantId);
  // templates_tenant_id_id_idx, integrations_tenant_id_id_idx, subscriptions_tenant_id_id_idx
  const [row] = await tx.$queryRaw<[Record<keyof TenantUsage, number>]>`
    WITH t AS (
      SELECT count(*) AS count, sum(json_array_length(fields)) AS fields,
        sum(octet_length(fields::text) + octet_length(personalised::text) + octet_length(vendor::text)) AS bytes
      FROM templates WHERE tenant_id = ${tenant}::uuid AND deleted_at IS NULL
    ), s AS (
      SELECT count(*) AS count,
        sum(json_array_length(mapping -> 'remove') + (SELECT count(*) FROM json_object_keys(mapping -> 'rename'))) AS rules,
        sum(octet_length(mapping::text) + coalesce(octet_length(known_fields::text), 0)
          + coalesce(octet_length(filter::text), 0)) AS bytes
      FROM subscriptions WHERE tenant_id = ${tenant}::uuid AND deleted_at IS NULL
    ), i AS (
      SELECT count(*) AS count FROM integrations WHERE tenant_id = ${tenant}::uuid AND deleted_at IS NULL
    )
    SELECT s.count::float8 AS subscriptions, i.count::float8 AS integrations, t.count::float8 AS templates,
      coalesce(t.fields, 0)::float8 AS fields, coalesce(s.rules, 0)::float8 AS "mappingRules",
      (coalesce(t.bytes, 0) + coalesce(s.bytes, 0))::float8 AS "configurationBytes"
    FROM t, s, i`;
  return row;
}
