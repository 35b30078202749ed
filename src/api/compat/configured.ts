import { endpointAddress } from '../../domain/endpoint-address.ts';
import { notFound } from '../../domain/errors.ts';
import type { TenantId } from '../../domain/id.ts';
import type { DialectName, Integration } from '../../domain/integration.ts';
import type { Subscription } from '../../domain/subscription.ts';
import type { Template } from '../../domain/template.ts';
import type { TenantConfig } from '../../domain/tenant-config.ts';
import type { ConfigSource } from '../../ports/configuration.ts';

// What doors look up in the configuration of a tenant.

/** @throws Problem not_found when the tenant was deleted meanwhile */
export async function configOf(
  { configSource }: { readonly configSource: ConfigSource },
  tenantId: TenantId,
): Promise<TenantConfig> {
  const config = await configSource.load(tenantId);
  if (!config) throw notFound('tenant');
  return config;
}

/** Oldest first. */
export function integrationsOf({ integrations }: TenantConfig, dialect: DialectName): readonly Integration[] {
  return byAge([...integrations.values()].filter((integration) => integration.dialect === dialect));
}

/** Oldest first. */
export function subscriptionsOf(
  { subscriptions }: TenantConfig,
  integrations: readonly Pick<Integration, 'id'>[],
): readonly Subscription[] {
  const ids = new Set(integrations.map(({ id }) => id));
  return byAge([...subscriptions.values()].filter(({ integrationId }) => ids.has(integrationId)));
}

/** Ids begin with the time of their creation. */
function byAge<T extends { readonly id: string }>(rows: readonly T[]): T[] {
  return rows.toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

/** The oldest template that a vendor's id names, else the one with this `externalId`, else the one with this id of ours. */
export function templateByVendorId(
  { templates, templatesByExternalId }: TenantConfig,
  name: string,
  vendorId: (template: Template) => string | undefined,
): Template | undefined {
  return (
    byAge([...templates.values()]).find((template) => vendorId(template) === name) ??
    templatesByExternalId.get(name) ??
    [...templates.values()].find(({ id }) => id === name)
  );
}

/** Whether two URLs are one address, however they are written. */
export function isSameAddress(one: string, other: string): boolean {
  return endpointAddress(one) === endpointAddress(other);
}
