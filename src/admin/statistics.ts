import { invalid } from '../domain/errors.ts';
import type { EndpointId, Id, IntegrationId, SubscriptionId, TenantId } from '../domain/id.ts';
import { BUCKET_WIDTHS, type Statistics, statisticsOf } from '../domain/statistics.ts';
import type { Clock } from '../ports/process.ts';
import type { StatisticsGroup, StatisticsStore } from '../ports/statistics.ts';

export interface StatisticsDeps {
  readonly statistics: Pick<StatisticsStore, 'counts'>;
  readonly clock: Clock;
}

/** Seconds. */
export const STEPS = { '5m': 300, '1h': 3600, '1d': 86_400 } as const;
export type Step = keyof typeof STEPS;

export interface StatisticsInput {
  readonly from?: Date | undefined;
  readonly to?: Date | undefined;
  readonly bucket?: Step | undefined;
  readonly groupBy: StatisticsGroup;
  readonly ids?: readonly Id<'tenant' | 'integration' | 'endpoint' | 'subscription'>[] | undefined;
  readonly subscriptionId?: SubscriptionId | undefined;
  readonly endpointId?: EndpointId | undefined;
  readonly integrationId?: IntegrationId | undefined;
}

export interface GroupStatistics {
  /** An id or a trigger; empty when nothing is grouped. */
  readonly group: string;
  readonly total: Statistics;
  /** One for each bucket with an attempt; undefined when no buckets were asked for. */
  readonly buckets: readonly (Statistics & { readonly at: Date })[] | undefined;
}

export interface StatisticsAnswer {
  /** The period that was counted: that of the request, widened to whole buckets. */
  readonly from: Date;
  readonly to: Date;
  readonly groups: readonly GroupStatistics[];
}

const DAY_MS = 24 * 60 * 60 * 1000;
const MAX_BUCKETS = 1000;
const [FINE, COARSE] = BUCKET_WIDTHS;
/** Of a longer period hours are counted, of which there are fewer. */
const MAX_FINE_MS = 2 * DAY_MS;

/** Counts of a period from the rollups. @throws Problem invalid for a period that is not kept, or has too many buckets */
export async function readStatistics(
  { statistics, clock }: StatisticsDeps,
  tenantId: TenantId | undefined,
  input: StatisticsInput,
): Promise<StatisticsAnswer> {
  const { bucket, ...rest } = input;
  const toMs = (input.to ?? new Date(clock())).getTime();
  const fromMs = (input.from ?? new Date(toMs - DAY_MS)).getTime();
  if (fromMs >= toMs) throw invalid([{ pointer: '/from', detail: 'must be before `to`' }]);
  const step = bucket && STEPS[bucket];
  const width = widthFor(step, toMs - fromMs, clock() - fromMs);
  if (step !== undefined && step < width) {
    throw invalid([
      { pointer: '/bucket', detail: `must be 1h or 1d: buckets of ${bucket} are kept for ${FINE.days} days` },
    ]);
  }
  const unit = step ?? width;
  const from = Math.floor(fromMs / 1000 / unit) * unit;
  const to = Math.ceil(toMs / 1000 / unit) * unit;
  if (step !== undefined && (to - from) / step > MAX_BUCKETS) {
    throw invalid([
      { pointer: '/bucket', detail: `makes over ${MAX_BUCKETS} buckets of this period: choose a longer one` },
    ]);
  }
  const counted = await statistics.counts({ ...rest, tenantId, width, from, to, step });
  const byGroup = Map.groupBy(counted, ({ group }) => group);
  const groups = [...byGroup].map(([group, buckets]): GroupStatistics => {
    const total = new Map<number, number>();
    for (const { counts } of buckets) {
      for (const [measure, count] of counts) total.set(measure, (total.get(measure) ?? 0) + count);
    }
    const shown = buckets.map(({ at, counts }) => ({ ...statisticsOf(counts), at: new Date(at * 1000) }));
    return { group, total: statisticsOf(total), buckets: step === undefined ? undefined : shown };
  });
  return { from: new Date(from * 1000), to: new Date(to * 1000), groups };
}

/** The stored buckets to read: fine ones while they are kept and the period is short, or where they are asked for. */
function widthFor(step: number | undefined, periodMs: number, ageMs: number): number {
  const isKept = ageMs < (FINE.days - 1) * DAY_MS;
  const isFine = step === undefined ? periodMs <= MAX_FINE_MS : step < COARSE.seconds;
  return isKept && isFine ? FINE.seconds : COARSE.seconds;
}
