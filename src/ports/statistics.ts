import type { EndpointId, Id, IntegrationId, SubscriptionId, TenantId } from '../domain/id.ts';
import type { Counts } from '../domain/statistics.ts';
import type { Backlog } from './backlog.ts';

export const STATISTICS_GROUPS = ['none', 'tenant', 'integration', 'endpoint', 'subscription', 'trigger'] as const;
export type StatisticsGroup = (typeof STATISTICS_GROUPS)[number];

export interface StatisticsQuery {
  /** Undefined: all tenants. */
  readonly tenantId: TenantId | undefined;
  readonly groupBy: StatisticsGroup;
  /** Only these of what is grouped by; undefined: all. */
  readonly ids?: readonly Id<'tenant' | 'integration' | 'endpoint' | 'subscription'>[] | undefined;
  readonly endpointId?: EndpointId | undefined;
  readonly subscriptionId?: SubscriptionId | undefined;
  readonly integrationId?: IntegrationId | undefined;
  /** Stored buckets to read, in seconds. */
  readonly width: number;
  /** Unix seconds, multiples of `width`; `to` is exclusive. */
  readonly from: number;
  readonly to: number;
  /** Seconds of a bucket of the answer, a multiple of `width`; undefined: one for the whole period. */
  readonly step: number | undefined;
}

/** Counts of one group in one bucket. */
export interface CountedBucket {
  /** The id or the trigger; empty when nothing is grouped. */
  readonly group: string;
  /** Unix seconds at which the bucket begins. */
  readonly at: number;
  readonly counts: Counts;
}

export interface BacklogSample extends Omit<Backlog, 'oldestHealthyDueMs'> {
  readonly at: Date;
  /** Undefined: Redis did not answer. */
  readonly parked: number | undefined;
}

/** Retries that are planned. */
export interface RetriesAhead {
  readonly buckets: readonly { readonly at: Date; readonly count: number }[];
  /** False when there are more than were counted; the last buckets lack some then. */
  readonly complete: boolean;
}

export interface StatisticsStore {
  counts(query: StatisticsQuery): Promise<readonly CountedBucket[]>;
  /** Adds what was counted since the last call; one process at a time does it. Returns how many attempts were added. */
  fold(): Promise<number>;
  /** Stores what waits now, once a minute however many processes call it. */
  sampleBacklog(parked: number | undefined): Promise<void>;
  backlog(from: Date, to: Date): Promise<readonly BacklogSample[]>;
  /** By `bucketS` seconds, from now until `untilS` seconds from now. */
  retriesAhead(tenantId: TenantId | undefined, untilS: number, bucketS: number): Promise<RetriesAhead>;
  /** Deletes what is older than it is kept. */
  deleteOld(): Promise<void>;
}
