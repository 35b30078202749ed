import type { SubscriberCount } from '../domain/fan-out.ts';
import type { ApiKeyId, EndpointId, IntegrationId, SecretId, SubscriptionId, TemplateId, TenantId } from '../domain/id.ts';
import type { Integration, StoredSecret } from '../domain/integration.ts';
import type { TenantRetention } from '../domain/retention.ts';
import type { ExpectedVersions, Versioned } from '../domain/row-version.ts';
import type { ConfiguredSubscription, DisabledReason, Neighbour, Parts, Subscription } from '../domain/subscription.ts';
import type { Template } from '../domain/template.ts';
import type { TenantUsage } from '../domain/tenant-bounds.ts';
import type { TenantConfig } from '../domain/tenant-config.ts';
import type { PlannedEvents } from './events.ts';
import type { Page, PageQuery } from './page.ts';
import type { DueDelivery } from './queue.ts';

export interface ConfigSource {
  /** Undefined when the tenant does not exist or was deleted. */
  load(tenantId: TenantId): Promise<TenantConfig | undefined>;
  /** Which of the tenants exist. */
  existing(tenants: readonly TenantId[]): Promise<ReadonlySet<TenantId>>;
}

export interface Tenant extends Versioned {
  readonly id: TenantId;
  readonly name: string;
  readonly retention: TenantRetention;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export interface NameFilter {
  /** The beginning of a name, in any case. */
  readonly q?: string | undefined;
}

export interface TenantStore {
  create(tenant: Tenant): Promise<void>;
  find(id: TenantId): Promise<Tenant | undefined>;
  list(filter: NameFilter & { readonly id?: TenantId | undefined }, page: PageQuery): Promise<Page<Tenant>>;
  change(id: TenantId, edit: (current: Tenant) => Tenant): Promise<Tenant>;
  /** Soft: revokes its keys and cancels its open deliveries. False when there is none. */
  delete(id: TenantId, by: string, expected?: ExpectedVersions): Promise<boolean>;
}

export const ROLES = ['admin', 'tenant', 'producer', 'support'] as const;
export type Role = (typeof ROLES)[number];

/** The roles of those who call: of keys, and of people in the portal by the permissions of their link. */
export const CALLER_ROLES = [...ROLES, 'portal', 'portal-reader'] as const;
export type CallerRole = (typeof CALLER_ROLES)[number];

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

// Every change below bumps the tenant's configuration version in its own transaction, which holds the tenant's lock from its start.
// What gives the rows to save (`make`, `edit`, `check`) is called in that transaction with rows as they are there, so that changes
// at the same time are applied one after another and none is lost. It is pure and synchronous: it must not wait while others wait
// for the lock. A Problem that it throws rolls everything back. Only the columns that it changes are written.

export interface Subscribers {
  /** The subscriptions to a template, or of an integration. */
  readonly subscriptions: readonly ConfiguredSubscription[];
}

export interface Usage {
  /** What the tenant has configured, without the change. */
  readonly usage: TenantUsage;
}

/** A row as it shall be saved. `check` gets what the row has to be compared with; left out, that is not read. */
export interface Edited<T, S> {
  readonly row: T;
  readonly check?: ((surroundings: S) => void) | undefined;
}

export interface TemplateStore {
  /** Undefined when another template of the tenant has the same `externalId`. */
  create(template: Template, check: (surroundings: Subscribers & Usage) => void): Promise<Template | undefined>;
  find(tenantId: TenantId, id: TemplateId): Promise<Template | undefined>;
  list(tenantId: TenantId, filter: NameFilter, page: PageQuery): Promise<Page<Template>>;
  /** Undefined as in `create`. */
  change(
    tenantId: TenantId,
    id: TemplateId,
    edit: (current: Template) => Edited<Template, Subscribers & Usage>,
  ): Promise<Template | undefined>;
  /** Soft: deletes its subscriptions too and cancels their open deliveries. */
  delete(tenantId: TenantId, id: TemplateId, by: string, expected?: ExpectedVersions): Promise<boolean>;
}

/** The other integrations of the tenant with the same dialect, oldest first. */
export interface Siblings {
  readonly siblings: readonly Integration[];
}

export interface IntegrationStore {
  create(
    integration: Integration,
    secrets: readonly StoredSecret[],
    check: (surroundings: Usage & Siblings) => void,
  ): Promise<Integration>;
  find(tenantId: TenantId, id: IntegrationId): Promise<Integration | undefined>;
  list(tenantId: TenantId, filter: NameFilter, page: PageQuery): Promise<Page<Integration>>;
  change(
    tenantId: TenantId,
    id: IntegrationId,
    edit: (current: Integration) => Edited<Integration, Subscribers & Siblings>,
  ): Promise<Integration>;
  /** Soft: deletes its subscriptions too and cancels their open deliveries. */
  delete(tenantId: TenantId, id: IntegrationId, by: string, expected?: ExpectedVersions): Promise<boolean>;
  /** Secrets that sign now, newest first. */
  secrets(tenantId: TenantId, id: IntegrationId): Promise<readonly StoredSecret[]>;
  /** Secrets with a public key, newest first, those that no longer sign too: what they signed still goes out (vendors.md P15). */
  publicKeys(tenantId: TenantId, id: IntegrationId): Promise<readonly StoredSecret[]>;
  /**
   * Adds `fresh`; the older secrets of its kind sign for `overlapMs` more (0: not at all).
   *
   * @param check gets the integration as it is, and how many older secrets of the kind would go on signing
   */
  rotate(
    tenantId: TenantId,
    fresh: StoredSecret,
    overlapMs: number,
    check: (current: Integration, signing: number) => void,
  ): Promise<Integration>;
  revokeSecret(tenantId: TenantId, integrationId: IntegrationId, id: SecretId): Promise<boolean>;
}

/** Undefined: not of this tenant, or deleted. */
export interface FoundParts {
  readonly integration: Integration | undefined;
  readonly template: Template | undefined;
}

export interface SubscriptionNames {
  readonly integrationId: IntegrationId;
  readonly templateId: TemplateId | null;
  readonly url: string;
}

export interface Neighbours {
  /** The subscriptions of the endpoint, oldest first. */
  readonly neighbours: readonly Neighbour[];
}

export interface Counts {
  readonly counts: readonly SubscriberCount[];
}

export interface SubscriptionStore {
  /**
   * Saves the subscriptions that `make` gives, all or none. Finds or creates the endpoint of their integration and URL; a new one
   * gets the id `subscription.endpointId`.
   */
  create(
    tenantId: TenantId,
    names: SubscriptionNames,
    make: (found: FoundParts & Neighbours & Counts & Usage) => readonly Subscription[],
  ): Promise<readonly Subscription[]>;
  find(tenantId: TenantId, id: SubscriptionId): Promise<Subscription | undefined>;
  /** Finds it even if it or its template was deleted. */
  findRecord(tenantId: TenantId, id: SubscriptionId): Promise<SubscriptionRecord | undefined>;
  list(
    tenantId: TenantId,
    filter: { readonly integrationId?: IntegrationId | undefined; readonly templateId?: TemplateId | undefined },
    page: PageQuery,
  ): Promise<Page<Subscription>>;
  /**
   * Disabling turns its waiting deliveries into `held`; enabling releases the held ones, oldest first, and returns them; a new URL
   * moves its open deliveries to the new endpoint.
   *
   * @param url the new URL, whose endpoint's neighbours `edit` gets; undefined: it stays
   */
  change(
    tenantId: TenantId,
    id: SubscriptionId,
    url: string | undefined,
    edit: (current: Subscription, surroundings: Parts & Neighbours) => Edited<Subscription, Usage>,
  ): Promise<{ readonly saved: Subscription; readonly released: readonly DueDelivery[] }>;
  /** The subscriptions of endpoints, oldest first. */
  neighbours(tenantId: TenantId, endpoints: readonly EndpointId[]): Promise<readonly Neighbour[]>;
  counts(tenantId: TenantId): Promise<readonly SubscriberCount[]>;
  /**
   * Soft: cancels its open deliveries.
   *
   * @param tell whether its `unsubscribeUrl` is told, as by every other deletion. Default true
   */
  delete(tenantId: TenantId, id: SubscriptionId, by: string, expected?: ExpectedVersions, tell?: boolean): Promise<boolean>;
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

export interface ConfigurationStores {
  readonly templates: TemplateStore;
  readonly integrations: IntegrationStore;
  readonly subscriptions: SubscriptionStore;
  readonly configSource: ConfigSource;
}

/**
 * Runs several changes of one tenant as one: `work` gets stores that read and write in one transaction, which holds the tenant's lock.
 * All is saved, or nothing when `work` throws. It must wait for nothing but these stores, since others wait for the lock.
 *
 * @returns `released`: the deliveries that the changes made due; the changes themselves return none
 */
export type ChangeTogether = <T>(
  tenantId: TenantId,
  work: (stores: ConfigurationStores) => Promise<T>,
) => Promise<{ readonly result: T; readonly released: readonly DueDelivery[] }>;

/** A subscription as a vendor's API shows it: with what it belongs to, deleted or not. */
export interface SubscriptionRecord {
  readonly subscription: Subscription;
  readonly template: Template | undefined;
  readonly deletedAt: Date | undefined;
}
