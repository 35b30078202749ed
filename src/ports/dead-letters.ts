import type { Attempt } from '../domain/attempt.ts';
import type { ContentRemoval } from '../domain/content-removal.ts';
import type { DeadLetterId, DeliveryId, EventId, SubscriptionId, TenantId } from '../domain/id.ts';
import type { StoredEvent } from '../domain/operational-event.ts';
import type { Trigger } from '../domain/trigger.ts';
import type { DeliveryFilter, Reopened } from './deliveries.ts';
import type { Page, PageQuery } from './page.ts';

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
  /** When set, event, body and answer are no longer stored. */
  readonly removed?: ContentRemoval | undefined;
  readonly closed: ClosedLetter | undefined;
}

interface ClosedLetter {
  readonly as: 'replayed' | 'discarded';
  readonly by: string;
  /** Why a person discarded it; undefined when none was given. */
  readonly reason: string | undefined;
  readonly at: Date;
}

export interface DeadLetterFilter extends Omit<DeliveryFilter, 'ids' | 'states' | 'test'> {
  readonly open?: boolean | undefined;
}

export type OpenLetters = Omit<DeadLetterFilter, 'open'>;

export interface Discard {
  readonly by: string;
  readonly reason: string | undefined;
}

/** Open letters of one subscription. */
export interface FoundLetters {
  readonly subscriptionId: SubscriptionId;
  readonly count: number;
}

export interface DeadLetterStore {
  find(tenantId: TenantId, id: DeadLetterId): Promise<DeadLetter | undefined>;
  list(tenantId: TenantId, filter: DeadLetterFilter, page: PageQuery): Promise<Page<DeadLetter>>;
  /**
   * Opens the delivery again (or recreates it from the letter, when retention removed it) and closes the letter as replayed,
   * in one transaction. Otherwise nothing is changed.
   */
  replay(tenantId: TenantId, id: DeadLetterId, by: string): Promise<Reopened | 'already-closed' | 'subscription-gone'>;
  /** False when the letter is already closed. */
  discard(tenantId: TenantId, id: DeadLetterId, act: Discard): Promise<boolean>;
  /** How many open letters a filter finds up to an id. */
  countOpen(tenantId: TenantId, filter: OpenLetters, upper: DeadLetterId): Promise<readonly FoundLetters[]>;
  /** The newest id of now: letters written later are no part of a discard. */
  upper(): Promise<DeadLetterId>;
  /** Discards all that `countOpen` counted, in chunks. Returns how many. */
  discardAll(tenantId: TenantId, filter: OpenLetters, upper: DeadLetterId, act: Discard): Promise<number>;
}
