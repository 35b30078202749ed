import type { DeliveryState } from '../domain/delivery.ts';
import type { AcceptedEvent } from '../domain/event.ts';
import type { DeliveryId, EndpointId, EventId, Id, SubscriptionId, TemplateId, TenantId } from '../domain/id.ts';
import type { ReplayableState, ReplayMode, ReplayState, SkipReason } from '../domain/replay.ts';
import type { PassTrigger } from '../domain/trigger.ts';
import type { DeliveryFilter } from './deliveries.ts';
import type { NewDelivery } from './events.ts';
import type { Page, PageQuery } from './page.ts';
import type { DueDelivery } from './queue.ts';

export type ReplayId = Id<'replay'>;

/** Which deliveries are replayed; frozen when the dry run is made. */
export interface ReplayFilter extends Omit<DeliveryFilter, 'states' | 'test'> {
  readonly states: readonly ReplayableState[];
}

/** Which events are delivered to a subscription that was made after them; frozen when the dry run is made. */
export interface BackfillFilter {
  readonly subscriptionId: SubscriptionId;
  readonly trigger: PassTrigger;
  /** Null: all templates. */
  readonly templateId: TemplateId | null;
  readonly passId?: string | undefined;
  readonly eventIds?: readonly EventId[] | undefined;
  readonly after?: Date | undefined;
  readonly before?: Date | undefined;
}

export type ReplaySelection =
  | { readonly mode: ReplayMode; readonly filter: ReplayFilter }
  | { readonly mode: 'backfill'; readonly filter: BackfillFilter };

export type Replay = ReplaySelection & ReplayProgress;
export type Backfill = Extract<Replay, { mode: 'backfill' }>;
/** A replay of deliveries. */
export type Resending = Exclude<Replay, Backfill>;

interface ReplayProgress {
  readonly id: ReplayId;
  readonly tenantId: TenantId;
  readonly name: string;
  /** What the filter found when it began. */
  readonly total: number;
  readonly ratePerSecond: number;
  readonly state: ReplayState;
  readonly sent: number;
  readonly skipped: number;
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly endedAt: Date | undefined;
}

/** How what was sent has ended so far. */
export interface ReplayOutcome {
  readonly delivered: number;
  readonly failed: number;
  /** No longer stored: past retention. */
  readonly pastRetention: number;
}

/** What a filter finds at one endpoint. */
export interface FoundAtEndpoint {
  readonly endpointId: EndpointId;
  readonly url: string;
  readonly states: Readonly<Partial<Record<ReplayableState, number>>>;
  /** Of these, those of deleted subscriptions. */
  readonly leftOut: number;
}

export interface ReplayItem {
  /** What the filter found: of a backfill the delivery that it makes. */
  readonly deliveryId: DeliveryId;
  /** The delivery that was sent; undefined: it was skipped. */
  readonly sentId: DeliveryId | undefined;
  readonly reason: SkipReason | undefined;
  /** The state of what was sent. */
  readonly state: string | undefined;
  /** Of its last attempt: its answer, and why it failed. */
  readonly lastStatus: number | undefined;
  readonly lastReason: string | undefined;
}

export interface ReplayItemFilter {
  readonly skipped?: boolean | undefined;
  /** Of what was sent. */
  readonly state?: DeliveryState | undefined;
}

/** A delivery whose turn it is in a replay of the mode `fresh`. */
export interface ReplayCandidate {
  readonly deliveryId: DeliveryId;
  readonly eventId: EventId;
  readonly subscriptionId: SubscriptionId;
}

/** What is decided about a candidate. */
export type FreshDecision =
  | { readonly candidate: ReplayCandidate; readonly delivery: NewDelivery }
  | { readonly candidate: ReplayCandidate; readonly reason: SkipReason };

/** A page of past events, oldest first. */
export interface PastEvents {
  /** Those that have no delivery to the subscription. */
  readonly events: readonly AcceptedEvent[];
  /** The last one that was looked at; undefined when there are no more. */
  readonly last: EventId | undefined;
}

/** What becomes of a past event: a delivery, or undefined when the subscription does not want it. */
export type DecidePast = (event: AcceptedEvent) => NewDelivery | undefined;

export interface ReplayStep {
  readonly due: readonly DueDelivery[];
  /** False when there was nothing to do: the replay has ended, or its rate allows none yet. */
  readonly isMore: boolean;
}

export interface ReplayStore {
  /** What a filter finds now, up to `upper`. */
  count(tenantId: TenantId, filter: ReplayFilter, upper: DeliveryId): Promise<readonly FoundAtEndpoint[]>;
  /** The next events of a backfill up to `upper`. */
  pastEvents(
    tenantId: TenantId,
    filter: BackfillFilter,
    span: { readonly after: EventId | undefined; readonly upper: DeliveryId },
  ): Promise<PastEvents>;
  /** The newest id of now: what is accepted later is no part of a replay. */
  upper(): Promise<DeliveryId>;
  create(replay: Replay, upper: DeliveryId): Promise<Replay>;
  find(tenantId: TenantId, id: ReplayId): Promise<Replay | undefined>;
  list(tenantId: TenantId, page: PageQuery): Promise<Page<Replay>>;
  outcome(tenantId: TenantId, id: ReplayId): Promise<ReplayOutcome>;
  items(tenantId: TenantId, id: ReplayId, filter: ReplayItemFilter, page: PageQuery): Promise<Page<ReplayItem>>;
  /** How many replays of the tenant are running or paused. */
  countOpen(tenantId: TenantId): Promise<number>;
  setRate(tenantId: TenantId, id: ReplayId, ratePerSecond: number): Promise<Replay | undefined>;
  /** Undefined when the replay does not exist or is in none of the states `from`. */
  setState(tenantId: TenantId, id: ReplayId, from: readonly ReplayState[], to: ReplayState): Promise<Replay | undefined>;
  /** The replays that are running, oldest first. */
  running(): Promise<readonly Replay[]>;
  /** Sends the next deliveries of a replay of the mode `same` again, as many as its rate allows, in one transaction. */
  sendSame(replay: Resending, most: number): Promise<ReplayStep>;
  /** The same for the mode `fresh`; `decide` is called before the transaction. */
  sendFresh(
    replay: Resending,
    most: number,
    decide: (candidates: readonly ReplayCandidate[]) => Promise<readonly FreshDecision[]>,
  ): Promise<ReplayStep>;
  /** Delivers the next events of a backfill; `decide` is called within the transaction. */
  sendPast(replay: Backfill, most: number, decide: DecidePast): Promise<ReplayStep>;
}
