import type { Attempt, NextState } from '../domain/delivery.ts';
import type { DeadLetterId, DeliveryId, EndpointId, EventId, MessageId, SubscriptionId, TenantId } from '../domain/id.ts';
import type { StoredEvent } from '../domain/operational-event.ts';
import type { Trigger } from '../domain/trigger.ts';
import type { Announcement, OrderedPass } from './events.ts';
import type { DueDelivery } from './queue.ts';

/** A delivery in this process's hands, until its lease runs out. */
export interface ClaimedDelivery {
  readonly id: DeliveryId;
  readonly tenantId: TenantId;
  readonly subscriptionId: SubscriptionId;
  readonly endpointId: EndpointId;
  readonly eventId: EventId;
  readonly trigger: Trigger;
  readonly passId: string;
  /** When it ends, the next of its pass may follow. */
  readonly ordered: boolean;
  readonly messageId: MessageId;
  /** The number of the attempt that is to be made now, from 1. */
  readonly attempt: number;
  /** Tries of this round before it; a replay starts a new round. */
  readonly triesMade: number;
  /** Fences the result: a claim that was taken over by another worker cannot write. */
  readonly claim: number;
  readonly configVersion: number;
  /** Undefined when the first attempt stored the body, or retention took the event. */
  readonly event: StoredEvent | undefined;
  /** The bytes of the first attempt, which every retry repeats. */
  readonly body: string | undefined;
}

/** What an attempt came to, to be written in one piece. */
export interface AttemptRecord {
  readonly claimed: ClaimedDelivery;
  readonly attempt: Attempt;
  readonly next: NextState;
  /** The body, when it was built by this attempt. */
  readonly builtBody: string | undefined;
  /** Of the letter that is written; undefined when the delivery does not die. */
  readonly deadLetterId: DeadLetterId | undefined;
  /** That it died, when somebody wants to know. */
  readonly announcement: Announcement | undefined;
}

/** A claim given back without an attempt. */
export interface ReturnedClaim {
  readonly claimed: ClaimedDelivery;
  readonly to:
    | { readonly state: 'pending' }
    | { readonly state: 'held' }
    | { readonly state: 'cancelled'; readonly reason: string; readonly by: string };
}

export interface ClaimStore {
  /** Claims what is due and at the asked attempt; what is missing from the answer is not to be delivered. */
  claim(
    wanted: readonly { readonly deliveryId: DeliveryId; readonly attempt: number }[],
  ): Promise<readonly ClaimedDelivery[]>;
  /**
   * Writes attempts, next states and dead letters. Returns those whose claim still stood, and those that waited for the end of
   * one of them and are due now.
   */
  settle(
    records: readonly AttemptRecord[],
  ): Promise<{ readonly written: readonly AttemptRecord[]; readonly released: readonly DueDelivery[] }>;
  /** Returns those that waited for the end of one of them and are due now. */
  giveBack(returns: readonly ReturnedClaim[]): Promise<readonly DueDelivery[]>;
  /** Open deliveries due since `graceMs` or longer, oldest first, from after `cursor` on. */
  overdue(graceMs: number, limit: number, cursor: OverdueCursor | undefined): Promise<readonly OverdueDelivery[]>;
  /** Releases held deliveries whose subscription is enabled (a race between ingest and enabling can leave some). */
  releaseStranded(limit: number): Promise<readonly DueDelivery[]>;
  /**
   * Releases blocked deliveries that nothing open stands before (a crash while a subscription's deliveries were cancelled can
   * leave some). Looks at `limit` passes from after `cursor` on; without a cursor in its answer it has seen the last.
   */
  releaseBlocked(
    limit: number,
    cursor: OrderedPass | undefined,
  ): Promise<{ readonly released: readonly DueDelivery[]; readonly cursor: OrderedPass | undefined }>;
}

export interface OverdueDelivery extends DueDelivery {
  readonly dueAt: Date;
}
export interface OverdueCursor {
  readonly dueAt: Date;
  readonly deliveryId: DeliveryId;
}
