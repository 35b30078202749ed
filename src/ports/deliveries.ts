import type { Attempt, Delivery, DeliveryState } from '../domain/delivery.ts';
import type { DeadLetterId, DeliveryId, EndpointId, EventId, SubscriptionId, TenantId } from '../domain/id.ts';
import type { StoredEvent } from '../domain/operational-event.ts';
import type { Trigger } from '../domain/trigger.ts';
import type { NewDelivery } from './events.ts';
import type { Page, PageQuery } from './page.ts';
import type { DueDelivery } from './queue.ts';

export interface DeliveryFilter {
  readonly states?: readonly DeliveryState[] | undefined;
  readonly subscriptionId?: SubscriptionId | undefined;
  readonly endpointId?: EndpointId | undefined;
  readonly eventId?: EventId | undefined;
  readonly passId?: string | undefined;
  readonly trigger?: Trigger | undefined;
  readonly after?: Date | undefined;
  readonly before?: Date | undefined;
}

export interface Reopened {
  readonly deliveryId: DeliveryId;
  /** Empty when it has to wait: for its pass's turn, or for its subscription to be enabled. */
  readonly due: readonly DueDelivery[];
}

export interface DeliveryStore {
  find(tenantId: TenantId, id: DeliveryId): Promise<Delivery | undefined>;
  list(tenantId: TenantId, filter: DeliveryFilter, page: PageQuery): Promise<Page<Delivery>>;
  attempts(tenantId: TenantId, id: DeliveryId): Promise<readonly Attempt[]>;
  /** The bytes that were or will be sent; undefined before the first attempt. */
  body(tenantId: TenantId, id: DeliveryId): Promise<string | undefined>;
  /**
   * Opens an ended delivery again: same bytes, same `webhook-id`, a new round; its open dead letter is closed as replayed.
   * An ordered one stands behind all that is open of its pass. Undefined when it is not ended.
   */
  reopen(tenantId: TenantId, id: DeliveryId, by: string): Promise<Reopened | undefined>;
  /** Adds a delivery beside an event that is stored already (a replay rendered anew, a test). Returns what is due by that. */
  add(delivery: NewDelivery, event?: StoredEvent): Promise<readonly DueDelivery[]>;
  /**
   * Cancels an open delivery that nobody is sending right now. Returns what waited for its end and is due now; undefined when
   * it is ended or under way.
   */
  cancel(tenantId: TenantId, id: DeliveryId, reason: string, by: string): Promise<readonly DueDelivery[] | undefined>;
}

export interface DeadLetter {
  readonly id: DeadLetterId;
  readonly tenantId: TenantId;
  readonly deliveryId: DeliveryId;
  readonly subscriptionId: SubscriptionId;
  readonly eventId: EventId;
  readonly trigger: Trigger;
  readonly passId: string;
  readonly reason: string;
  readonly event: StoredEvent | undefined;
  readonly body: string | undefined;
  readonly lastAttempt: Attempt;
  readonly createdAt: Date;
  readonly closed: { readonly as: 'replayed' | 'discarded'; readonly by: string; readonly at: Date } | undefined;
}

export interface DeadLetterFilter {
  readonly open?: boolean | undefined;
  readonly subscriptionId?: SubscriptionId | undefined;
  readonly passId?: string | undefined;
  readonly after?: Date | undefined;
  readonly before?: Date | undefined;
}

export interface DeadLetterStore {
  find(tenantId: TenantId, id: DeadLetterId): Promise<DeadLetter | undefined>;
  list(tenantId: TenantId, filter: DeadLetterFilter, page: PageQuery): Promise<Page<DeadLetter>>;
  /**
   * Opens the delivery again (or makes it anew from the letter, when retention took it) and closes the letter as replayed,
   * in one transaction. Undefined when the letter is closed already.
   */
  replay(tenantId: TenantId, id: DeadLetterId, by: string): Promise<Reopened | undefined>;
  /** False when the letter is closed already. */
  discard(tenantId: TenantId, id: DeadLetterId, by: string): Promise<boolean>;
}
