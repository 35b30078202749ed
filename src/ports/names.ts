import type { EndpointId, IntegrationId, SubscriptionId, TemplateId, TenantId } from '../domain/id.ts';

export type NamedId = TenantId | IntegrationId | TemplateId | SubscriptionId | EndpointId;

/** What ids are called where people read them. */
export interface NameStore {
  /**
   * The names of tenants, integrations and templates, the URLs of endpoints, and of a subscription the name of its integration.
   * Deleted ones too, since the log has them. An id that stands for nothing is left out.
   */
  find(ids: readonly NamedId[]): Promise<ReadonlyMap<string, string>>;
}
