import type { EndpointId, IntegrationId, SubscriptionId, TenantId } from '../domain/id.ts';
import type { Limits } from '../domain/limits.ts';
import type { DisabledReason } from '../domain/subscription.ts';
import type { Endpoint } from '../domain/tenant-config.ts';
import type { HealthChange } from './endpoint-health.ts';
import type { PlannedEvents } from './events.ts';
import type { Page, PageQuery } from './page.ts';
import type { DueDelivery } from './queue.ts';

/** `disabled`: all its subscriptions are. */
export const ENDPOINT_STATES = ['active', 'failing', 'disabled'] as const;
export type EndpointState = (typeof ENDPOINT_STATES)[number];

/** An endpoint as it is listed: its stored part, without its live health. */
export interface EndpointRecord extends Endpoint {
  readonly state: EndpointState;
  readonly limits: Limits;
  readonly failingSince: Date | undefined;
  /** When it last began to fail; kept after it has recovered. */
  readonly lastFailedSince: Date | undefined;
  /** A person paused it, and nobody has enabled it since. */
  readonly paused: EndpointPause | undefined;
  readonly subscriptions: {
    readonly count: number;
    readonly disabled: number;
    readonly reasons: readonly DisabledReason[];
  };
  readonly createdAt: Date;
}

export interface EndpointPause {
  readonly at: Date;
  /** The id of an API key. */
  readonly by: string;
  readonly reason: string;
}

export interface EndpointFilter {
  /** Normalised. */
  readonly url?: string | undefined;
  readonly integrationId?: IntegrationId | undefined;
  readonly state?: EndpointState | undefined;
}

export interface FailingEndpoint extends Endpoint {
  /** How long it has been failing without a change of its subscriptions; undefined when none of them is enabled. */
  readonly unchangedForMs: number | undefined;
}

export interface ChangedEndpoint extends Endpoint {
  /** Its first failure in a row; undefined: it has recovered. */
  readonly failingSince: Date | undefined;
}

export interface EndpointStore {
  find(tenantId: TenantId, id: EndpointId): Promise<EndpointRecord | undefined>;
  list(tenantId: TenantId, filter: EndpointFilter, page: PageQuery): Promise<Page<EndpointRecord>>;
  /** The tenants of endpoints, without those that were deleted. */
  tenantsOf(ids: readonly EndpointId[]): Promise<readonly TenantId[]>;
  /**
   * Stores changes of health; an endpoint that is already failing stays failing since its first failure.
   *
   * @param plan gives the operational events for the endpoints that changed, stored in the same transaction. It is synchronous: what
   *   it waited for might itself wait for the connection of that transaction.
   * @returns the endpoints that changed
   */
  recordHealthChanges(
    changes: readonly HealthChange[],
    plan: (changed: readonly ChangedEndpoint[]) => readonly PlannedEvents[],
  ): Promise<readonly ChangedEndpoint[]>;
  failing(): Promise<readonly FailingEndpoint[]>;
  /**
   * Disables its enabled subscriptions as paused and holds their waiting deliveries.
   *
   * @param plan gives the operational event, stored in the same transaction; not called when no subscription was enabled
   * @returns the subscriptions that were disabled
   */
  pause(
    tenantId: TenantId,
    id: EndpointId,
    pause: Omit<EndpointPause, 'at'>,
    plan: (disabled: readonly SubscriptionId[]) => PlannedEvents | undefined,
  ): Promise<readonly SubscriptionId[]>;
  /**
   * Clears `failingSince` and enables the subscriptions that were disabled as gone, failing or paused; their held deliveries are
   * released, oldest first, and returned.
   *
   * @param plan gives the operational event, stored in the same transaction; not called when no subscription was enabled
   */
  enable(
    tenantId: TenantId,
    id: EndpointId,
    plan: (enabled: readonly SubscriptionId[]) => PlannedEvents | undefined,
  ): Promise<readonly DueDelivery[]>;
}
