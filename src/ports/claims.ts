import type { Attempt } from '../domain/attempt.ts';
import type { DeadLetterId, DeliveryId, EndpointId, EventId, MessageId, SubscriptionId, TenantId } from '../domain/id.ts';
import type { StoredEvent } from '../domain/operational-event.ts';
import type { NextState } from '../domain/retry.ts';
import type { Trigger } from '../domain/trigger.ts';
import type { OrderedPass, PlannedEvents } from './events.ts';
import type { DueDelivery } from './queue.ts';

/** A delivery that this process may attempt until its lease runs out. */
export interface ClaimedDelivery {
  readonly id: DeliveryId;
  readonly tenantId: TenantId;
  readonly subscriptionId: SubscriptionId;
  readonly endpointId: EndpointId;
  readonly eventId: EventId;
  readonly trigger: Trigger;
  readonly passId: string;
  /** When it ends, the next delivery of its pass may follow. */
  readonly ordered: boolean;
  readonly messageId: MessageId;
  /** A test has one attempt, and no effect beside its own log. */
  readonly test: boolean;
  /** The number of the attempt to make now, from 1. */
  readonly attempt: number;
  /** Attempts made before it in this round; a replay starts a new round. */
  readonly attemptsMade: number;
  /** Fences the result: a claim that another worker has taken over cannot write. */
  readonly claim: number;
  /** How long ago it was made, by the store's clock. */
  readonly ageMs: number;
  /** A person brought this attempt forward: in how long it was planned, at the time of the claim. Undefined otherwise. */
  readonly plannedInMs: number | undefined;
  readonly configVersion: number;
  /** Undefined when the first attempt stored the body, or retention removed the event. */
  readonly event: StoredEvent | undefined;
  /** The bytes of the first attempt, which every retry repeats. */
  readonly body: string | undefined;
  /** Set on a delivery that tells a receiver that its subscription was deleted: where. It has no event. */
  readonly unsubscribeUrl: string | undefined;
}

export interface AttemptKey {
  readonly deliveryId: DeliveryId;
  readonly attempt: number;
}

/** The result of an attempt, to be written in one piece. */
export interface AttemptRecord {
  readonly claimed: ClaimedDelivery;
  readonly attempt: Attempt;
  readonly next: NextState;
  /** The body, when this attempt built it. */
  readonly builtBody: string | undefined;
  /** Id of the dead letter to write; undefined when the delivery does not die. */
  readonly deadLetterId: DeadLetterId | undefined;
  /** `delivery.dead`, when the tenant subscribes to it. */
  readonly operationalEvents: PlannedEvents | undefined;
}

/** A claim given back without an attempt. */
export interface ReturnedClaim {
  readonly claimed: ClaimedDelivery;
  readonly to:
    | { readonly state: 'pending' }
    | { readonly state: 'held' }
    | { readonly state: 'cancelled'; readonly reason: string; readonly by: string };
}

/** Deliveries as workers process them. */
export interface ClaimStore {
  /** Claims the due deliveries that stand at the given attempt; one that is missing from the answer must not be delivered. */
  claim(wanted: readonly AttemptKey[]): Promise<readonly ClaimedDelivery[]>;
  /** Makes those of the attempts due again that this worker has claimed, and returns them. */
  releaseOwn(keys: readonly AttemptKey[]): Promise<readonly DueDelivery[]>;
  /** Of deliveries that could not be claimed, those that wait for this attempt, with the time until they are due. */
  dueLater(refused: readonly AttemptKey[]): Promise<readonly DueDelivery[]>;
  /**
   * Writes attempts, next states and dead letters. Returns the records whose claim still stood, and the deliveries that waited
   * for the end of one of them and are due now.
   */
  settle(
    records: readonly AttemptRecord[],
  ): Promise<{ readonly written: readonly AttemptRecord[]; readonly released: readonly DueDelivery[] }>;
  /** Returns the deliveries that waited for the end of one of them and are due now. */
  giveBack(returns: readonly ReturnedClaim[]): Promise<readonly DueDelivery[]>;
  /** Releases held deliveries whose subscription is enabled (a race between ingest and enabling can leave some). */
  releaseStranded(limit: number): Promise<readonly DueDelivery[]>;
  /**
   * Releases blocked deliveries that no open delivery precedes (a crash while a subscription's deliveries were cancelled can
   * leave some). Looks at `limit` passes from after `cursor` on; an answer without a cursor has reached the last pass.
   */
  releaseBlocked(
    limit: number,
    cursor: OrderedPass | undefined,
  ): Promise<{ readonly released: readonly DueDelivery[]; readonly cursor: OrderedPass | undefined }>;
}
