import type { ContentRemoval } from '../domain/content-removal.ts';
import type { DeliveryId, EndpointId, EventId, MessageId, SubscriptionId, TemplateId, TenantId } from '../domain/id.ts';
import type { Installation } from '../domain/installations.ts';
import type { StoredEvent } from '../domain/operational-event.ts';
import type { TemplateRef } from '../domain/template.ts';
import type { TenantConfig } from '../domain/tenant-config.ts';
import type { Trigger } from '../domain/trigger.ts';
import type { UndeliveredReason } from '../domain/undelivered.ts';
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
  /** The last of the `count` requested ones. */
  readonly last: number;
}

/** A delivery before it is stored. */
export interface NewDelivery {
  readonly id: DeliveryId;
  readonly tenantId: TenantId;
  readonly eventId: EventId;
  /** Of its event; undefined for an operational event. */
  readonly templateId: TemplateId | undefined;
  readonly subscriptionId: SubscriptionId;
  readonly endpointId: EndpointId;
  readonly trigger: Trigger;
  readonly passId: string;
  readonly state: 'pending' | 'held' | 'blocked' | 'cancelled';
  /** Why and by whom it is cancelled from the start; undefined otherwise. */
  readonly cancelled: { readonly reason: string; readonly by: string } | undefined;
  /** Its subscription is ordered: it waits for the open deliveries of its pass. */
  readonly ordered: boolean;
  /** Position among the deliveries of its pass; undefined until one is assigned, and for unordered subscriptions. */
  readonly sequence: number | undefined;
  readonly messageId: MessageId;
  readonly replayOf: DeliveryId | undefined;
  readonly test: boolean;
}

/** Events with their deliveries, to be stored together. */
export interface PlannedEvents {
  readonly events: readonly StoredEvent[];
  readonly deliveries: readonly NewDelivery[];
}

/** The conditions under which planned events may be written. */
export interface Reservation {
  /** The version of each tenant's configuration that the plan was made with. */
  readonly configVersions: ReadonlyMap<TenantId, number>;
  /** Each once and sorted, so that two ingest transactions cannot deadlock. */
  readonly keys: readonly EventKey[];
}

export type EventKeyOwner = Pick<EventKey, 'eventId' | 'bodyHash'>;

export interface Reserved {
  /** The current versions, of the tenants that exist. Where one differs, nothing was reserved and nothing written. */
  readonly configVersions: ReadonlyMap<TenantId, number>;
  /** The earlier owner of each key that was already taken. */
  readonly taken: ReadonlyMap<EventKey, EventKeyOwner>;
}

/** The steps of one ingest transaction, in the order they must be called. */
export interface IngestTransaction {
  /** Reads the configurations of the tenants that exist, and keeps them from changing until the transaction ends. */
  lockConfigs(tenants: readonly TenantId[]): Promise<readonly TenantConfig[]>;
  reserve(reservation: Reservation): Promise<Reserved>;
  /** Locks passes against other ingest transactions and reads their installations. Passes come sorted. */
  lockInstallations(passes: readonly PassKey[]): Promise<readonly Installation[]>;
  saveInstallations(installations: readonly Installation[]): Promise<void>;
  /** Locks the passes against everything that opens or ends their deliveries, and takes their next sequences; 1: none is open. */
  takeSequences(wanted: readonly SequenceRequest[]): Promise<readonly SequencesTaken[]>;
  write(planned: PlannedEvents): Promise<void>;
}

export interface EventStore {
  /**
   * Reserves and writes in one statement: for events that need neither installations nor an order. An event whose key is
   * already taken is not written, nor are the events derived from it. @throws Unavailable when Postgres is unavailable
   */
  accept(reservation: Reservation, planned: PlannedEvents): Promise<Reserved>;
  /** Reads the installations of passes as they are committed now. */
  installations(passes: readonly PassKey[]): Promise<readonly Installation[]>;
  /** Runs `work` in one transaction. @throws Unavailable when Postgres is unavailable */
  inTransaction<T>(work: (transaction: IngestTransaction) => Promise<T>): Promise<T>;
  find(tenantId: TenantId, id: EventId): Promise<EventRecord | undefined>;
  list(tenantId: TenantId, filter: EventFilter, page: PageQuery): Promise<Page<EventRecord>>;
}

/** A stored event as it is read back. */
export type EventRecord = StoredEvent & {
  readonly acceptedAt: Date;
  /** Why it had no delivery when it was accepted; undefined when it had one, and for operational events. */
  readonly undelivered: UndeliveredReason | undefined;
  /** When set, the facts are no longer stored: only their type and the id of the pass are. Not to be rendered. */
  readonly removed?: ContentRemoval | undefined;
};

export interface EventFilter {
  /** Only those whose facts are still stored. */
  readonly withFacts?: true | undefined;
  readonly type?: Trigger | undefined;
  readonly passId?: string | undefined;
  readonly template?: TemplateRef | undefined;
  readonly producerId?: string | undefined;
  /** As of the event; unknown once its facts are removed. */
  readonly userProvidedId?: string | undefined;
  readonly trackingId?: string | undefined;
  readonly test?: boolean | undefined;
  readonly after?: Date | undefined;
  readonly before?: Date | undefined;
}
