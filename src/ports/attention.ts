import type { EndpointId, IntegrationId, SubscriptionId, TenantId } from '../domain/id.ts';
import type { DialectName } from '../domain/integration.ts';
import type { Trigger } from '../domain/trigger.ts';

/** What needs attention, the most urgent first. */
export const ATTENTION_KINDS = [
  'endpoint-disabled',
  'endpoint-failing',
  'subscription-disabled',
  'secret-expires',
  'deprecated-trigger',
] as const;
export type AttentionKind = (typeof ATTENTION_KINDS)[number];

export interface AttentionItem {
  readonly kind: AttentionKind;
  readonly tenantId: TenantId;
  readonly tenantName: string;
  readonly integrationId: IntegrationId;
  readonly integrationName: string;
  readonly endpointId: EndpointId | undefined;
  readonly subscriptionId: SubscriptionId | undefined;
  /** Of the endpoint; undefined for a secret. */
  readonly url: string | undefined;
  readonly trigger: Trigger | undefined;
  readonly dialect: DialectName;
  /** Since when it fails, or when the secret ends; undefined where that is not known. */
  readonly at: Date | undefined;
  /** Why it was disabled, or the kind of the secret. */
  readonly reason: string | undefined;
}

export interface AttentionQuery {
  /** Undefined: all tenants. */
  readonly tenantId: TenantId | undefined;
  /** The most of each kind. */
  readonly limit: number;
  /** Secrets that end within this time. */
  readonly endingWithinMs: number;
  readonly deprecated: readonly { readonly dialect: DialectName; readonly trigger: Trigger }[];
}

export interface AttentionStore {
  /** Ordered by kind, and by time inside of one. */
  find(query: AttentionQuery): Promise<readonly AttentionItem[]>;
}
