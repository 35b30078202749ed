import { toUuid } from '../../domain/id.ts';
import type { StoredSecret } from '../../domain/integration.ts';
import type { TenantConfig } from '../../domain/tenant-config.ts';
import type { ConfigSource } from '../../ports/configuration.ts';
import type { Database } from '../database.ts';
import { endpointOf } from './endpoint-rows.ts';
import { integrationOf } from './integrations.ts';
import { readSecrets } from './secrets.ts';
import { subscriptionOf } from './subscription-row.ts';
import { templateOf } from './templates.ts';

export function createConfigSource(db: Database): ConfigSource {
  return {
    /** Reads one snapshot, so all parts belong to the returned version. Expired secrets are left out. */
    load(tenantId) {
      const ofTenant = { where: { tenantId: toUuid(tenantId), deletedAt: null } };
      return db.$transaction(
        async (tx): Promise<TenantConfig | undefined> => {
          const tenant = await tx.tenant.findFirst({ where: { id: toUuid(tenantId), deletedAt: null } });
          if (!tenant) return undefined;
          const templates = (await tx.template.findMany(ofTenant)).map(templateOf);
          const integrations = (await tx.integration.findMany(ofTenant)).map(integrationOf);
          const subscriptions = (await tx.subscription.findMany(ofTenant)).map(subscriptionOf);
          // Including endpoints without a subscription, because open deliveries may still refer to them.
          const endpoints = (await tx.endpoint.findMany({ where: { tenantId: toUuid(tenantId) } })).map(endpointOf);
          return {
            tenantId,
            version: tenant.configVersion,
            templates: byId(templates),
            templatesByExternalId: new Map(
              templates.flatMap((template) => (template.externalId === undefined ? [] : [[template.externalId, template]])),
            ),
            integrations: byId(integrations),
            secrets: byIntegration(await readSecrets(tx, tenantId)),
            subscriptions: byId(subscriptions),
            endpoints: byId(endpoints),
          };
        },
        { isolationLevel: 'RepeatableRead' },
      );
    },
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
