import type { DeliveryId, EndpointId, EventId, MessageId, SubscriptionId, TemplateId, TenantId } from '../domain/id.ts';
import type { Installation } from '../domain/installations.ts';
import type { OperationalEvent, StoredEvent } from '../domain/operational-event.ts';
import type { Trigger } from '../domain/trigger.ts';
import type { Page, PageQuery } from './page.ts';

export interface EventKey {
  readonly tenantId: TenantId;
  /** The producer's id; an event without one is never a duplicate. */
  readonly producerId: string;
  readonly eventId: EventId;
  /** SHA-256 of the event as posted. */
  readonly bodyHash: Uint8Array;
}

export interface PassKey {
  readonly tenantId: TenantId;
  readonly passId: string;
}

/** A pass at an ordered subscription: its deliveries go one after another. */
export interface OrderedPass {
  readonly subscriptionId: SubscriptionId;
  readonly passId: string;
}
export interface SequenceRequest extends OrderedPass {
  readonly count: number;
}
export interface SequencesTaken extends OrderedPass {
  /** The last of the `count` that were asked for. */
  readonly last: number;
}

export interface NewDelivery {
  readonly id: DeliveryId;
  readonly tenantId: TenantId;
  readonly eventId: EventId;
  readonly subscriptionId: SubscriptionId;
  readonly endpointId: EndpointId;
  readonly trigger: Trigger;
  readonly passId: string;
  readonly state: 'pending' | 'held' | 'blocked';
  /** Its subscription is ordered, and it waits for what is open of its pass. */
  readonly ordered: boolean;
  /** Of an ordered one, once it is given. */
  readonly sequence: number | undefined;
  readonly messageId: MessageId;
  readonly replayOf: DeliveryId | undefined;
  readonly test: boolean;
}

/** An operational event with its deliveries, to be stored together with what it tells of. */
export interface Announcement {
  readonly event: OperationalEvent;
  readonly deliveries: readonly NewDelivery[];
}

/** What events may be written under. */
export interface Reservation {
  /** Of the tenants' configurations that they were planned with. */
  readonly configVersions: ReadonlyMap<TenantId, number>;
  /** Each once and sorted, so that two intakes cannot deadlock. */
  readonly keys: readonly EventKey[];
}

export interface EventsToWrite {
  readonly events: readonly StoredEvent[];
  readonly deliveries: readonly NewDelivery[];
}

export type EventKeyOwner = Pick<EventKey, 'eventId' | 'bodyHash'>;

export interface Reserved {
  /** The current versions of the tenants that there are. Where one differs, nothing was reserved and nothing written. */
  readonly configVersions: ReadonlyMap<TenantId, number>;
  /** The earlier owner of each key that was taken already. */
  readonly taken: ReadonlyMap<EventKey, EventKeyOwner>;
}

/** The steps of one ingest transaction, in the order they must be called. */
export interface IngestTransaction {
  reserve(reservation: Reservation): Promise<Reserved>;
  /** Locks passes against other intakes and reads their installations. Passes come sorted. */
  lockInstallations(passes: readonly PassKey[]): Promise<readonly Installation[]>;
  saveInstallations(installations: readonly Installation[]): Promise<void>;
  /** Locks the passes against whatever opens or ends their deliveries, and gives their next sequences; 1: nothing is open. */
  takeSequences(wanted: readonly SequenceRequest[]): Promise<readonly SequencesTaken[]>;
  write(events: readonly StoredEvent[], deliveries: readonly NewDelivery[]): Promise<void>;
}

export interface EventStore {
  /**
   * Reserves and writes at once: for events whose installations and order are nobody's business. What a key is taken for
   * already is not written, nor what is derived from it. @throws Unavailable when Postgres is away
   */
  accept(reservation: Reservation, write: EventsToWrite): Promise<Reserved>;
  /** Runs `work` in one transaction. @throws Unavailable when Postgres is away */
  intake<T>(work: (intake: IngestTransaction) => Promise<T>): Promise<T>;
  find(tenantId: TenantId, id: EventId): Promise<EventRecord | undefined>;
  list(tenantId: TenantId, filter: EventFilter, page: PageQuery): Promise<Page<EventRecord>>;
}

export type EventRecord = StoredEvent & { readonly acceptedAt: Date };

export interface EventFilter {
  readonly type?: Trigger | undefined;
  readonly passId?: string | undefined;
  readonly templateId?: TemplateId | undefined;
  readonly producerId?: string | undefined;
  readonly after?: Date | undefined;
  readonly before?: Date | undefined;
}
