import type { SendOutcome } from '../domain/attempt.ts';
import type { Attempt, Delivery, DeliveryState, NextState } from '../domain/delivery.ts';
import type {
  ApiKeyId,
  DeadLetterId,
  DeliveryId,
  EndpointId,
  EventId,
  IntegrationId,
  MessageId,
  SecretId,
  SubscriptionId,
  TemplateId,
  TenantId,
} from '../domain/id.ts';
import type { Installation } from '../domain/installations.ts';
import type { Integration, StoredSecret } from '../domain/integration.ts';
import type { OperationalEvent, StoredEvent } from '../domain/notice.ts';
import type { Limits } from '../domain/pace.ts';
import type { DisabledReason, Subscription } from '../domain/subscription.ts';
import type { Template } from '../domain/template.ts';
import type { Endpoint, TenantConfig } from '../domain/tenant-config.ts';
import type { Trigger } from '../domain/trigger.ts';

// What pipeline and admin need of the world. Store, queue and sender implement it; container.ts connects them.

/** Unix milliseconds. Only for what people read and for ids: what is due is decided by the database's clock. */
export type Clock = () => number;
/** A number in [0, 1). */
export type Random = () => number;

export interface Log {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface Page<T> {
  readonly data: readonly T[];
  /** Opaque; undefined on the last page. */
  readonly nextCursor: string | undefined;
}

export interface PageQuery {
  readonly limit: number;
  readonly cursor: string | undefined;
}

// ---- sending -------------------------------------------------------------------------------------------------------

export interface OutgoingRequest {
  readonly method: 'POST' | 'PUT';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Bound of the whole try, connect and first byte included. */
  readonly timeoutMs: number;
}

export interface Sender {
  /** One HTTP try. Never throws for anything that a receiver, its name server or its network does. */
  send(request: OutgoingRequest): Promise<SendOutcome>;
}

/** What is known of a URL before anything is sent to it. */
export type UrlCheck =
  | { readonly kind: 'ok' }
  | { readonly kind: 'unresolvable'; readonly detail: string }
  | { readonly kind: 'forbidden'; readonly detail: string };

export interface UrlChecker {
  /** Malformed, not https, credentials or fragment inside, or a forbidden address: `forbidden`. */
  check(url: string): Promise<UrlCheck>;
}

// ---- the alarm clock -----------------------------------------------------------------------------------------------

/** A delivery that wants its attempt number `attempt` (from 1), `delayMs` from now. */
export interface DueDelivery {
  readonly deliveryId: DeliveryId;
  readonly tenantId: TenantId;
  readonly endpointId: EndpointId;
  readonly attempt: number;
  readonly delayMs: number;
  /** What the endpoint may be given; undefined: as it was said last. */
  readonly limits?: Limits | undefined;
}

export interface DeliveryQueue {
  /**
   * Asks for attempts and returns at once. Never throws and never waits for a Redis that is away: what it cannot hand over,
   * `recover` finds in the store. What is offered already, or in flight, is not doubled.
   */
  offer(deliveries: readonly DueDelivery[]): void;
  /** The same, done when the queue has them. @throws Unavailable when Redis does not answer in time */
  offerAndWait(deliveries: readonly DueDelivery[]): Promise<void>;
  /** How many attempts wait for their turn. @throws Unavailable */
  waiting(): Promise<number>;
  /** Removes the remains of jobs that ended without running, which would swallow a new job of the same id. @throws Unavailable */
  sweepDeadJobs(): Promise<void>;
}

// ---- the health of endpoints ---------------------------------------------------------------------------------------

/** An endpoint begins to fail (its breaker opened), or it answers again (`failingSince` undefined). */
export interface EndpointTurn {
  readonly endpointId: EndpointId;
  readonly failingSince: Date | undefined;
}

/** `open`: nothing is sent; `half-open`: one at a time, to see whether the endpoint is back. */
export const BREAKERS = ['closed', 'open', 'half-open'] as const;
export type Breaker = (typeof BREAKERS)[number];

/** What is true of an endpoint at this moment, over all workers. */
export interface EndpointHealth {
  /** False when no attempt told of its health yet, or since Redis forgot. */
  readonly isKnown: boolean;
  readonly breaker: Breaker;
  /** Nothing is sent before: the breaker is open, or the receiver asked for a pause. */
  readonly pausedUntil: Date | undefined;
  /** In a row. */
  readonly failures: number;
  readonly failingSince: Date | undefined;
  readonly lastFailedAt: Date | undefined;
  /** Most in flight now; grows with successes up to its limit. */
  readonly share: number;
  readonly inFlight: number;
  /** Deliveries that wait for their turn. */
  readonly parked: number;
}

export type WaitingDelivery = Pick<Delivery, 'id' | 'endpointId' | 'attempts'>;

/** Live, so each method throws Unavailable when Redis does not answer in time. */
export interface EndpointHealths {
  of(endpoints: readonly EndpointId[]): Promise<ReadonlyMap<EndpointId, EndpointHealth>>;
  /** Endpoints whose breaker opened and did not close again, and since when they fail. */
  failing(): Promise<ReadonlyMap<EndpointId, Date>>;
  /** Those whose next attempt waits for the share of its endpoint or tenant. */
  waitingAmong<T extends WaitingDelivery>(deliveries: readonly T[]): Promise<ReadonlySet<T>>;
  /** Closes the breaker and forgets failures and pauses. */
  reset(endpoint: EndpointId): Promise<void>;
}

// ---- events in -----------------------------------------------------------------------------------------------------

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
export interface Intake {
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
  intake<T>(work: (intake: Intake) => Promise<T>): Promise<T>;
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

// ---- deliveries at work --------------------------------------------------------------------------------------------

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
export interface Return {
  readonly claimed: ClaimedDelivery;
  readonly to:
    | { readonly state: 'pending' }
    | { readonly state: 'held' }
    | { readonly state: 'cancelled'; readonly reason: string; readonly by: string };
}

export interface DeliveryLedger {
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
  giveBack(returns: readonly Return[]): Promise<readonly DueDelivery[]>;
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

export interface DeliveryLog {
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

// ---- configuration -------------------------------------------------------------------------------------------------

export interface ConfigSource {
  /** Undefined when there is no such tenant (any more). */
  load(tenantId: TenantId): Promise<TenantConfig | undefined>;
}

export interface Tenant {
  readonly id: TenantId;
  readonly name: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export interface TenantStore {
  create(tenant: Tenant): Promise<void>;
  find(id: TenantId): Promise<Tenant | undefined>;
  list(page: PageQuery): Promise<Page<Tenant>>;
  rename(id: TenantId, name: string): Promise<Tenant | undefined>;
  /** Soft: revokes its keys and cancels its open deliveries. False when there is none. */
  delete(id: TenantId, by: string): Promise<boolean>;
}

export const ROLES = ['admin', 'tenant', 'producer', 'support'] as const;
export type Role = (typeof ROLES)[number];

export interface ApiKey {
  readonly id: ApiKeyId;
  readonly name: string;
  readonly role: Role;
  /** A tenant key always has one; a producer or support key may be bound to one; an admin key never is. */
  readonly tenantId: TenantId | undefined;
  /** The first characters, to recognise it by. */
  readonly hint: string;
  readonly createdAt: Date;
  readonly revokedAt: Date | undefined;
}

export interface ApiKeyStore {
  create(key: ApiKey, hash: Uint8Array): Promise<void>;
  /** An unrevoked key by the SHA-256 of its text. */
  findByHash(hash: Uint8Array): Promise<ApiKey | undefined>;
  find(id: ApiKeyId): Promise<ApiKey | undefined>;
  list(filter: { readonly tenantId?: TenantId | undefined }, page: PageQuery): Promise<Page<ApiKey>>;
  revoke(id: ApiKeyId): Promise<boolean>;
}

// Every change below bumps the tenant's configuration version in its own transaction.

export interface TemplateStore {
  /** False when another template of the tenant has the same `externalId`. */
  create(template: Template): Promise<boolean>;
  find(tenantId: TenantId, id: TemplateId): Promise<Template | undefined>;
  list(tenantId: TenantId, page: PageQuery): Promise<Page<Template>>;
  update(template: Template): Promise<boolean>;
  /** Soft: deletes its subscriptions too and cancels their open deliveries. */
  delete(tenantId: TenantId, id: TemplateId, by: string): Promise<boolean>;
}

export interface IntegrationStore {
  create(integration: Integration, secrets: readonly StoredSecret[]): Promise<void>;
  find(tenantId: TenantId, id: IntegrationId): Promise<Integration | undefined>;
  list(tenantId: TenantId, page: PageQuery): Promise<Page<Integration>>;
  update(integration: Integration): Promise<void>;
  /** Soft: deletes its subscriptions too and cancels their open deliveries. */
  delete(tenantId: TenantId, id: IntegrationId, by: string): Promise<boolean>;
  /** Secrets that sign now, newest first. */
  secrets(tenantId: TenantId, id: IntegrationId): Promise<readonly StoredSecret[]>;
  /** Adds `fresh` and lets the older secrets of its kind sign for `overlapMs` more (0: ends them at once). */
  rotate(tenantId: TenantId, fresh: StoredSecret, overlapMs: number): Promise<void>;
  revokeSecret(tenantId: TenantId, integrationId: IntegrationId, id: SecretId): Promise<boolean>;
}

export interface SubscriptionStore {
  /** Finds or makes the endpoint of the subscription's integration and URL; `subscription.endpointId` is used if it is new. */
  create(subscription: Subscription): Promise<Subscription>;
  find(tenantId: TenantId, id: SubscriptionId): Promise<Subscription | undefined>;
  list(
    tenantId: TenantId,
    filter: { readonly integrationId?: IntegrationId | undefined; readonly templateId?: TemplateId | undefined },
    page: PageQuery,
  ): Promise<Page<Subscription>>;
  /**
   * Saves changes. Disabling turns its waiting deliveries into `held`; enabling releases the held ones, oldest first, and
   * returns them; a new URL moves its open deliveries to the new endpoint.
   */
  update(subscription: Subscription): Promise<{ readonly saved: Subscription; readonly released: readonly DueDelivery[] }>;
  /** Soft: cancels its open deliveries. */
  delete(tenantId: TenantId, id: SubscriptionId, by: string): Promise<boolean>;
  /**
   * Disables every enabled subscription of an endpoint and holds their waiting deliveries. Returns which.
   *
   * @param announce what is said of it, stored in the same transaction; not called when there are none
   */
  disableAllOf(
    tenantId: TenantId,
    endpointId: EndpointId,
    reason: DisabledReason,
    announce: (disabled: readonly SubscriptionId[]) => Announcement | undefined,
  ): Promise<readonly SubscriptionId[]>;
}

/** `disabled`: all its subscriptions are. */
export const ENDPOINT_STATES = ['active', 'failing', 'disabled'] as const;
export type EndpointState = (typeof ENDPOINT_STATES)[number];

/** An endpoint as it is listed: what is known of it for good. */
export interface EndpointRecord extends Endpoint {
  readonly state: EndpointState;
  readonly limits: Limits;
  readonly failingSince: Date | undefined;
  readonly subscriptions: {
    readonly count: number;
    readonly disabled: number;
    readonly reasons: readonly DisabledReason[];
  };
  readonly createdAt: Date;
}

export interface EndpointFilter {
  readonly integrationId?: IntegrationId | undefined;
  readonly state?: EndpointState | undefined;
}

export interface FailingEndpoint extends Endpoint {
  /** Since when it fails and none of its subscriptions was changed; undefined when none of them is enabled. */
  readonly unchangedSince: Date | undefined;
}

export interface EndpointStore {
  find(tenantId: TenantId, id: EndpointId): Promise<EndpointRecord | undefined>;
  list(tenantId: TenantId, filter: EndpointFilter, page: PageQuery): Promise<Page<EndpointRecord>>;
  /**
   * Keeps turns: an endpoint that fails already goes on failing since when it did.
   *
   * @param announce what is said of those that turned, stored in the same transaction
   */
  turn(
    turns: readonly EndpointTurn[],
    announce: (turned: readonly (EndpointTurn & Endpoint)[]) => Promise<readonly Announcement[]>,
  ): Promise<void>;
  failing(): Promise<readonly FailingEndpoint[]>;
  /**
   * Forgets that it failed and enables its subscriptions that were disabled as gone or failing; held deliveries are released,
   * oldest first, and returned.
   *
   * @param announce as for disabling
   */
  enable(
    tenantId: TenantId,
    id: EndpointId,
    announce: (enabled: readonly SubscriptionId[]) => Announcement | undefined,
  ): Promise<readonly DueDelivery[]>;
}

// ---- repeated requests ---------------------------------------------------------------------------------------------

/** An answer kept under an `Idempotency-Key` for 24 hours. */
export interface KeptAnswer {
  readonly requestHash: Uint8Array;
  /** Undefined while the first request is under way. */
  readonly answer: { readonly status: number; readonly body: string } | undefined;
}

export interface IdempotencyStore {
  /** Takes a key for `scope`; returns what is kept when it was taken before. A key whose request never ended frees after 60 s. */
  begin(scope: string, key: string, requestHash: Uint8Array): Promise<KeptAnswer | undefined>;
  complete(scope: string, key: string, answer: { readonly status: number; readonly body: string }): Promise<void>;
  /** Frees a key whose request failed on our side, so that it can be tried again. */
  abandon(scope: string, key: string): Promise<void>;
}
