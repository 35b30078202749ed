import type { DeliveryId, EndpointId } from '../domain/id.ts';
import type { DueDelivery, SoughtDeliveries } from './queue.ts';

export interface OverdueDelivery extends DueDelivery {
  readonly dueAt: Date;
}

/** A place among the overdue deliveries of an endpoint. */
export interface OverdueCursor {
  readonly dueAt: Date;
  readonly deliveryId: DeliveryId;
}

export interface EndpointHead extends SoughtDeliveries {
  /** Its deliveries that have been due for the longest, oldest first. */
  readonly overdue: readonly OverdueDelivery[];
}

/** Deliveries that have been due for a while, endpoint by endpoint. Each call costs the same, however many there are. */
export interface OverdueStore {
  /**
   * The next `endpoints` endpoints after `after`, in the order of their ids, that have deliveries due at any time; each with the
   * first `limit` of those that have been due for `graceMs` or longer.
   */
  heads(
    graceMs: number,
    sizes: { readonly endpoints: number; readonly limit: number },
    after: EndpointId | undefined,
  ): Promise<readonly EndpointHead[]>;
  /** Deliveries of one endpoint that have been due for `graceMs` or longer, oldest first, from after `cursor` on. */
  of(
    endpointId: EndpointId,
    graceMs: number,
    limit: number,
    cursor: OverdueCursor | undefined,
  ): Promise<readonly OverdueDelivery[]>;
}
