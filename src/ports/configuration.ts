import type { ApiKeyId, EndpointId, IntegrationId, SecretId, SubscriptionId, TemplateId, TenantId } from '../domain/id.ts';
import type { Integration, StoredSecret } from '../domain/integration.ts';
import type { DisabledReason, Subscription } from '../domain/subscription.ts';
import type { Template } from '../domain/template.ts';
import type { TenantConfig } from '../domain/tenant-config.ts';
import type { PlannedEvents } from './events.ts';
import type { Page, PageQuery } from './page.ts';
import type { DueDelivery } from './queue.ts';

export interface ConfigSource {
  /** Undefined when the tenant does not exist or was deleted. */
  load(tenantId: TenantId): Promise<TenantConfig | undefined>;
}

export interface Tenant {
  readonly id: TenantId;
  readonly name: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export interface TenantStore {
  create(tenant: Tenant): Promise<void>;
  find(id: TenantId): Promise<Tenant | undefined>;
  list(filter: { readonly id?: TenantId | undefined }, page: PageQuery): Promise<Page<Tenant>>;
  rename(id: TenantId, name: string): Promise<Tenant | undefined>;
  /** Soft: revokes its keys and cancels its open deliveries. False when there is none. */
  delete(id: TenantId, by: string): Promise<boolean>;
}

export const ROLES = ['admin', 'tenant', 'producer', 'support'] as const;
export type Role = (typeof ROLES)[number];

export interface ApiKey {
  readonly id: ApiKeyId;
  readonly name: string;
  readonly role: Role;
  /** A tenant key always has one; a producer or support key may be bound to one; an admin key never is. */
  readonly tenantId: TenantId | undefined;
  /** The first characters, to recognise the key by. */
  readonly hint: string;
  readonly createdAt: Date;
  readonly revokedAt: Date | undefined;
}

export interface ApiKeyStore {
  create(key: ApiKey, hash: Uint8Array): Promise<void>;
  /** An unrevoked key by the SHA-256 of its text. */
  findByHash(hash: Uint8Array): Promise<ApiKey | undefined>;
  find(id: ApiKeyId): Promise<ApiKey | undefined>;
  list(filter: { readonly tenantId?: TenantId | undefined }, page: PageQuery): Promise<Page<ApiKey>>;
  revoke(id: ApiKeyId): Promise<boolean>;
}

// Every change below bumps the tenant's configuration version in its own transaction.

export interface TemplateStore {
  /** False when another template of the tenant has the same `externalId`. */
  create(template: Template): Promise<boolean>;
  find(tenantId: TenantId, id: TemplateId): Promise<Template | undefined>;
  list(tenantId: TenantId, page: PageQuery): Promise<Page<Template>>;
  update(template: Template): Promise<boolean>;
  /** Soft: deletes its subscriptions too and cancels their open deliveries. */
  delete(tenantId: TenantId, id: TemplateId, by: string): Promise<boolean>;
}

export interface IntegrationStore {
  create(integration: Integration, secrets: readonly StoredSecret[]): Promise<void>;
  find(tenantId: TenantId, id: IntegrationId): Promise<Integration | undefined>;
  list(tenantId: TenantId, page: PageQuery): Promise<Page<Integration>>;
  update(integration: Integration): Promise<void>;
  /** Soft: deletes its subscriptions too and cancels their open deliveries. */
  delete(tenantId: TenantId, id: IntegrationId, by: string): Promise<boolean>;
  /** Secrets that sign now, newest first. */
  secrets(tenantId: TenantId, id: IntegrationId): Promise<readonly StoredSecret[]>;
  /** Secrets with a public key, newest first, those that no longer sign too: what they signed still goes out (vendors.md P15). */
  publicKeys(tenantId: TenantId, id: IntegrationId): Promise<readonly StoredSecret[]>;
  /** Adds `fresh`; the older secrets of its kind sign for `overlapMs` more (0: not at all). */
  rotate(tenantId: TenantId, fresh: StoredSecret, overlapMs: number): Promise<void>;
  revokeSecret(tenantId: TenantId, integrationId: IntegrationId, id: SecretId): Promise<boolean>;
}

export interface SubscriptionStore {
  /** Finds or creates the endpoint of the subscription's integration and URL; a new one gets the id `subscription.endpointId`. */
  create(subscription: Subscription): Promise<Subscription>;
  find(tenantId: TenantId, id: SubscriptionId): Promise<Subscription | undefined>;
  list(
    tenantId: TenantId,
    filter: { readonly integrationId?: IntegrationId | undefined; readonly templateId?: TemplateId | undefined },
    page: PageQuery,
  ): Promise<Page<Subscription>>;
  /**
   * Saves changes. Disabling turns its waiting deliveries into `held`; enabling releases the held ones, oldest first, and
   * returns them; a new URL moves its open deliveries to the new endpoint.
   */
  update(subscription: Subscription): Promise<{ readonly saved: Subscription; readonly released: readonly DueDelivery[] }>;
  /** Soft: cancels its open deliveries. */
  delete(tenantId: TenantId, id: SubscriptionId, by: string): Promise<boolean>;
  /**
   * Disables every enabled subscription of an endpoint and holds their waiting deliveries.
   *
   * @param plan gives the operational event, stored in the same transaction; not called when no subscription was enabled
   * @returns the subscriptions that were disabled
   */
  disableAllOf(
    tenantId: TenantId,
    endpointId: EndpointId,
    reason: DisabledReason,
    plan: (disabled: readonly SubscriptionId[]) => PlannedEvents | undefined,
  ): Promise<readonly SubscriptionId[]>;
}
