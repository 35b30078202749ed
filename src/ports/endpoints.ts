import type { Limits } from '../domain/endpoint-signal.ts';
import type { EndpointId, IntegrationId, SubscriptionId, TenantId } from '../domain/id.ts';
import type { DisabledReason } from '../domain/subscription.ts';
import type { Endpoint } from '../domain/tenant-config.ts';
import type { HealthChange } from './endpoint-health.ts';
import type { Announcement } from './events.ts';
import type { Page, PageQuery } from './page.ts';
import type { DueDelivery } from './queue.ts';

/** `disabled`: all its subscriptions are. */
export const ENDPOINT_STATES = ['active', 'failing', 'disabled'] as const;
export type EndpointState = (typeof ENDPOINT_STATES)[number];

/** An endpoint as it is listed: what is known of it for good. */
export interface EndpointRecord extends Endpoint {
  readonly state: EndpointState;
  readonly limits: Limits;
  readonly failingSince: Date | undefined;
  readonly subscriptions: {
    readonly count: number;
    readonly disabled: number;
    readonly reasons: readonly DisabledReason[];
  };
  readonly createdAt: Date;
}

export interface EndpointFilter {
  readonly integrationId?: IntegrationId | undefined;
  readonly state?: EndpointState | undefined;
}

export interface FailingEndpoint extends Endpoint {
  /** Since when it fails and none of its subscriptions was changed; undefined when none of them is enabled. */
  readonly unchangedSince: Date | undefined;
}

export interface EndpointStore {
  find(tenantId: TenantId, id: EndpointId): Promise<EndpointRecord | undefined>;
  list(tenantId: TenantId, filter: EndpointFilter, page: PageQuery): Promise<Page<EndpointRecord>>;
  /**
   * Keeps turns: an endpoint that fails already goes on failing since when it did.
   *
   * @param announce what is said of those that turned, stored in the same transaction
   */
  turn(
    turns: readonly HealthChange[],
    announce: (turned: readonly (HealthChange & Endpoint)[]) => Promise<readonly Announcement[]>,
  ): Promise<void>;
  failing(): Promise<readonly FailingEndpoint[]>;
  /**
   * Forgets that it failed and enables its subscriptions that were disabled as gone or failing; held deliveries are released,
   * oldest first, and returned.
   *
   * @param announce as for disabling
   */
  enable(
    tenantId: TenantId,
    id: EndpointId,
    announce: (enabled: readonly SubscriptionId[]) => Announcement | undefined,
  ): Promise<readonly DueDelivery[]>;
}
