import { type TenantId, toId, toUuid } from '../../domain/id.ts';
import type { StoredSecret } from '../../domain/integration.ts';
import type { TenantConfig } from '../../domain/tenant-config.ts';
import type { ConfigSource } from '../../ports/configuration.ts';
import type { Database, Statements } from '../database.ts';
import { endpointOf } from './endpoint-rows.ts';
import { integrationOf } from './integration-row.ts';
import { readSecrets } from './secrets.ts';
import { subscriptionOf } from './subscription-row.ts';
import { templateOf } from './template-row.ts';

export function createConfigSource(db: Database): ConfigSource {
  return {
    /** Reads one snapshot. Secrets that have expired are left out. */
    load: (tenantId) => db.$transaction((tx) => readConfig(tx, tenantId), { isolationLevel: 'RepeatableRead' }),

    async existing(tenants) {
      const rows = await db.$queryRaw<{ id: string }[]>`
        SELECT id FROM tenants WHERE id = ANY(${tenants.map(toUuid)}::uuid[]) AND deleted_at IS NULL`;
      return new Set(rows.map(({ id }) => toId('tenant', id)));
    },
  };
}

/**
 * Reads the configurations of the tenants that exist, and keeps them from changing until the transaction ends: every change
 * locks the tenant's row first (see change-configuration.ts).
 */
export async function lockConfigs(tx: Statements, tenants: readonly TenantId[]): Promise<TenantConfig[]> {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    SELECT id FROM tenants WHERE id = ANY(${tenants.map(toUuid)}::uuid[]) AND deleted_at IS NULL ORDER BY id FOR SHARE`;
  const configs: TenantConfig[] = [];
  for (const { id } of rows) {
    const config = await readConfig(tx, toId('tenant', id));
    if (config) configs.push(config);
  }
  return configs;
}

async function readConfig(tx: Statements, tenantId: TenantId): Promise<TenantConfig | undefined> {
  const undeleted = { where: { tenantId: toUuid(tenantId), deletedAt: null } };
  const [tenant] = await tx.$queryRaw<{ config_version: number; read_at: Date }[]>`
    SELECT config_version, now() AS read_at FROM tenants WHERE id = ${toUuid(tenantId)}::uuid AND deleted_at IS NULL`;
  if (!tenant) return undefined;
  const templates = (await tx.template.findMany(undeleted)).map(templateOf);
  const integrations = (await tx.integration.findMany(undeleted)).map(integrationOf);
  const subscriptions = (await tx.subscription.findMany(undeleted)).map(subscriptionOf);
  // also endpoints that no subscription uses now: deliveries to them may be open
  const endpoints = (await tx.endpoint.findMany({ where: { tenantId: toUuid(tenantId) } })).map(endpointOf);
  return {
    tenantId,
    version: tenant.config_version,
    readAtMs: tenant.read_at.getTime(),
    templates: byId(templates),
    templatesByExternalId: new Map(
      templates.flatMap((template) => (template.externalId === undefined ? [] : [[template.externalId, template]])),
    ),
    integrations: byId(integrations),
    secrets: byIntegration(await readSecrets(tx, tenantId)),
    subscriptions: byId(subscriptions),
    endpoints: byId(endpoints),
  };
}

function byId<T extends { readonly id: string }>(records: readonly T[]): Map<T['id'], T> {
  return new Map(records.map((record) => [record.id, record]));
}

function byIntegration(secrets: readonly StoredSecret[]): Map<StoredSecret['integrationId'], StoredSecret[]> {
  const groups = new Map<StoredSecret['integrationId'], StoredSecret[]>();
  for (const secret of secrets) {
    const group = groups.get(secret.integrationId);
    if (group) group.push(secret);
    else groups.set(secret.integrationId, [secret]);
  }
  return groups;
}
