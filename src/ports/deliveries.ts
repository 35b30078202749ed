import type { Attempt, AttemptFailure } from '../domain/attempt.ts';
import type { Delivery, DeliveryState } from '../domain/delivery.ts';
import type { DeliveryCourse } from '../domain/delivery-course.ts';
import type { DeliveryId, EndpointId, EventId, IntegrationId, SubscriptionId, TenantId } from '../domain/id.ts';
import type { StoredEvent } from '../domain/operational-event.ts';
import type { TemplateRef } from '../domain/template.ts';
import type { Trigger } from '../domain/trigger.ts';
import type { NewDelivery } from './events.ts';
import type { Page, PageQuery } from './page.ts';
import type { DueDelivery } from './queue.ts';

/** HTTP statuses, both ends included. */
export interface StatusSpan {
  readonly from: number;
  readonly to: number;
}

/** What never changes about a delivery, and what each change says: a stream can be filtered by it as well. */
export interface WatchedFilter {
  readonly ids?: readonly DeliveryId[] | undefined;
  readonly integrationId?: IntegrationId | undefined;
  /** Of the last attempt. */
  readonly status?: StatusSpan | undefined;
  readonly states?: readonly DeliveryState[] | undefined;
  readonly subscriptionId?: SubscriptionId | undefined;
  readonly endpointId?: EndpointId | undefined;
  readonly eventId?: EventId | undefined;
  readonly passId?: string | undefined;
  readonly trigger?: Trigger | undefined;
  readonly test?: boolean | undefined;
  readonly after?: Date | undefined;
  readonly before?: Date | undefined;
}

export interface DeliveryFilter extends WatchedFilter {
  readonly template?: TemplateRef | undefined;
  /** The beginning of the endpoint's URL, or its host. */
  readonly url?: string | undefined;
  /** Of the last attempt. */
  readonly failure?: AttemptFailure | undefined;
  /** When the last attempt began. */
  readonly attemptedAfter?: Date | undefined;
  readonly attemptedBefore?: Date | undefined;
  /** Of any event of the pass whose content is still stored. */
  readonly userProvidedId?: string | undefined;
  readonly trackingId?: string | undefined;
  /** The producer's own id of the event. */
  readonly producerId?: string | undefined;
}

/** An ended delivery that was opened again. */
export interface Reopened {
  readonly deliveryId: DeliveryId;
  /** Empty when it must wait: for an earlier delivery of its pass, or for its subscription to be enabled. */
  readonly due: readonly DueDelivery[];
}

/** Why a delivery was not opened; nothing was changed. A delivery that does not exist has no subscription either. */
export type NotReopened = 'not-ended' | 'subscription-gone' | 'content-removed';

/** Why a delivery was not added; nothing was changed. `event-gone`: what it is to be rendered from is no longer stored. */
export type NotAdded = 'subscription-gone' | 'event-gone';

/** Deliveries as people look at them and act on them. */
export interface DeliveryStore {
  find(tenantId: TenantId, id: DeliveryId): Promise<Delivery | undefined>;
  list(tenantId: TenantId, filter: DeliveryFilter, page: PageQuery): Promise<Page<Delivery>>;
  attempts(tenantId: TenantId, id: DeliveryId): Promise<readonly Attempt[]>;
  /** The bytes that were or will be sent; undefined before the first attempt. */
  body(tenantId: TenantId, id: DeliveryId): Promise<string | undefined>;
  /** What explains the delivery beside its row and its attempts. */
  course(tenantId: TenantId, id: DeliveryId): Promise<DeliveryCourse | undefined>;
  /**
   * How many deliveries are released before a held one when what holds it is enabled: its endpoint, or its subscription where it was
   * disabled by request. Counts no further than `most` + 1.
   */
  countHeldBefore(tenantId: TenantId, id: DeliveryId, most: number): Promise<number>;
  /** How many open deliveries of the subscriptions have their body already: an attempt has built it. */
  countBuilt(tenantId: TenantId, subscriptions: readonly SubscriptionId[]): Promise<number>;
  /**
   * Makes a delivery that waits for its retry due now. If that fails, the attempt stays planned for when it was.
   *
   * @param by the id of the API key that requests it
   * @returns undefined when it does not wait for a retry
   */
  retryNow(tenantId: TenantId, id: DeliveryId, by: string): Promise<DueDelivery | undefined>;
  /**
   * Opens an ended delivery again: same bytes, same `webhook-id`, a new round; its open dead letter is closed as replayed.
   * An ordered one follows all open deliveries of its pass.
   */
  reopen(tenantId: TenantId, id: DeliveryId, by: string): Promise<Reopened | NotReopened>;
  /**
   * Adds a delivery for a stored event (a replay rendered anew), or for `event`, which is stored with it (a test).
   *
   * @param by the id of the API key that requests it
   * @returns the deliveries that are due because of it
   */
  add(delivery: NewDelivery, event?: StoredEvent, by?: string): Promise<readonly DueDelivery[] | NotAdded>;
  /**
   * Cancels an open delivery that no worker is sending at this moment.
   *
   * @returns the deliveries that waited for its end and are due now; undefined when it has ended or is being sent
   */
  cancel(tenantId: TenantId, id: DeliveryId, reason: string, by: string): Promise<readonly DueDelivery[] | undefined>;
}
