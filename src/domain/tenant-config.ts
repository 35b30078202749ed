import type { EndpointId, IntegrationId, SubscriptionId, TemplateId, TenantId } from './id.ts';
import type { Integration, StoredSecret } from './integration.ts';
import type { Subscription } from './subscription.ts';
import type { Template } from './template.ts';

/** The configuration of a tenant at one version: events are matched and bodies are built with it. */
export interface TenantConfig {
  readonly tenantId: TenantId;
  /** `tenants.config_version`: grows with every change of the tenant's configuration. */
  readonly version: number;
  /** Unix ms by the store's clock, when it was read: secrets expire, and subscriptions begin and end, by that clock. */
  readonly readAtMs: number;
  readonly templates: ReadonlyMap<TemplateId, Template>;
  readonly templatesByExternalId: ReadonlyMap<string, Template>;
  readonly integrations: ReadonlyMap<IntegrationId, Integration>;
  readonly secrets: ReadonlyMap<IntegrationId, readonly StoredSecret[]>;
  readonly subscriptions: ReadonlyMap<SubscriptionId, Subscription>;
  readonly endpoints: ReadonlyMap<EndpointId, Endpoint>;
}

/** An integration together with one URL: what health, limits and isolation are counted by. */
export interface Endpoint {
  readonly id: EndpointId;
  readonly tenantId: TenantId;
  readonly integrationId: IntegrationId;
  readonly url: string;
}

/** The template an event names, by our id or by its `externalId`. */
export function templateNamed(config: TenantConfig, name: string): Template | undefined {
  return config.templates.get(name as TemplateId) ?? config.templatesByExternalId.get(name);
}
