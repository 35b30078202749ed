import type { DeadLetterId, DeliveryId, EndpointId, EventId, SubscriptionId, TenantId } from '../domain/id.ts';
import type { Trigger } from '../domain/trigger.ts';
import type { PlannedEvents } from './events.ts';
import type { DueDelivery } from './queue.ts';

/** Rows that are past retention: those of one week, or those that are in no week's partition. */
export interface ExpiredPart {
  /** The Monday on which the week begins, as `20261116`; `default` for the rest. */
  readonly name: string;
  /** Every delivery of it has a lower id. */
  readonly below: string;
}

/** An open delivery that is past retention. */
export interface ExpiringDelivery {
  readonly id: DeliveryId;
  readonly tenantId: TenantId;
  readonly eventId: EventId;
  readonly subscriptionId: SubscriptionId;
  readonly endpointId: EndpointId;
  readonly trigger: Trigger;
  readonly passId: string;
  readonly ordered: boolean;
  readonly lastStatus: number | undefined;
  readonly configVersion: number;
  /** False for tests and for what tells a receiver that its subscription was deleted: they end without a dead letter. */
  readonly hasLetter: boolean;
}

/** How an open delivery ends. */
export interface Expiry {
  readonly delivery: ExpiringDelivery;
  readonly reason: string;
  readonly deadLetterId: DeadLetterId | undefined;
  readonly operationalEvents: PlannedEvents | undefined;
}

export interface RetentionStore {
  /** Unix milliseconds by the store's clock. */
  nowMs(): Promise<number>;
  /** The weeks that ended before `beforeMs`, oldest first, and the default partitions as far as they have older rows. */
  expired(beforeMs: number): Promise<readonly ExpiredPart[]>;
  /** Some of the open deliveries of a part, those that are being sent left out. */
  open(part: ExpiredPart, most: number): Promise<readonly ExpiringDelivery[]>;
  /** Ends deliveries, as far as they are still open and not being sent, and writes their dead letters. */
  expire(
    expiries: readonly Expiry[],
  ): Promise<{ readonly ended: readonly Expiry[]; readonly released: readonly DueDelivery[] }>;
  /**
   * Removes a part from the tables: a week at once, older rows of the default partitions in chunks.
   *
   * @returns `busy` when other statements hold its tables, and `open` when a delivery of it is open: to be tried again later
   */
  remove(part: ExpiredPart): Promise<'removed' | 'busy' | 'open'>;
  /** Drops what was removed, also by a process that died before it could. Returns the dropped tables. */
  dropRemoved(): Promise<readonly string[]>;
  /** Deletes the oldest dead letters that were written before `beforeMs`. Returns how many, at most `most`. */
  deleteDeadLetters(beforeMs: number, most: number): Promise<number>;
}
