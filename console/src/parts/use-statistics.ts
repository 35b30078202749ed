import { keepPreviousData, type UseQueryResult, useQuery } from '@tanstack/react-query';
import type { paths } from '../../../client/generated/api.ts';
import type { Schemas } from '../../../client/index.ts';
import { api, dataOf } from '../api/client.ts';
import { serverNowMs, serverTimeOf } from '../format/clock.ts';
import { ranges } from '../strings/ranges.ts';
import type { ChartedStatistics } from './attempts-chart.tsx';

type StatisticsQuery = NonNullable<paths['/v1/stats']['get']['parameters']['query']>;

const MIN_MS = 60_000;
const HOUR_MS = 60 * MIN_MS;
const DAY_MS = 24 * HOUR_MS;

/** The periods that are charted, and their buckets: 12 to 30 bars each. */
export const PERIODS = {
  '1h': { ms: HOUR_MS, bucket: '5m', stepMs: 5 * MIN_MS },
  '24h': { ms: DAY_MS, bucket: '1h', stepMs: HOUR_MS },
  '7d': { ms: 7 * DAY_MS, bucket: '1d', stepMs: DAY_MS },
  '30d': { ms: 30 * DAY_MS, bucket: '1d', stepMs: DAY_MS },
} as const;
export type Period = keyof typeof PERIODS;

const REFRESH_MS = 30_000;

/** The period that the address names by `last=`. Default: 24 hours. */
export function periodOf(last: string | undefined): Period {
  return last !== undefined && last in PERIODS ? (last as Period) : '24h';
}

/** The statistics of a period with their buckets, of one group, read again every half minute. */
export function useStatistics(
  period: Period,
  filter: Pick<StatisticsQuery, 'tenantId' | 'integrationId' | 'endpointId' | 'subscriptionId'>,
): UseQueryResult<Schemas['Statistics']> {
  const { ms, bucket } = PERIODS[period];
  return useQuery({
    queryKey: ['statistics', period, filter],
    queryFn: ({ signal }) => {
      const from = new Date(serverNowMs() - ms).toISOString();
      return dataOf(api.GET('/v1/stats', { params: { query: { ...filter, from, bucket } }, signal }));
    },
    placeholderData: keepPreviousData,
    refetchInterval: REFRESH_MS,
  });
}

/** Them as the charts need them. */
export function charted(
  { from, to, groups: [group] }: Schemas['Statistics'],
  period: Period,
  /** When the query was answered, by this machine's clock. */
  readAtMs: number,
): ChartedStatistics {
  return { from, to, group, stepMs: PERIODS[period].stepMs, range: ranges.lasts[period], asOf: serverTimeOf(readAtMs) };
}
