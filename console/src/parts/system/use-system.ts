import { type UseQueryResult, useQuery } from '@tanstack/react-query';
import type { Schemas } from '../../../../client/index.ts';
import { api, dataOf } from '../../api/client.ts';
import { serverNowMs } from '../../format/clock.ts';

const NOW_MS = 10_000;
const MINUTE_MS = 60_000;

/** What is open now: of a tenant, or of all. */
export function useCurrentWork(tenantId: string | undefined): UseQueryResult<Schemas['CurrentWork']> {
  const query = { ...(tenantId !== undefined && { tenantId }) };
  return useQuery({
    queryKey: ['current-work', query],
    queryFn: ({ signal }) => dataOf(api.GET('/v1/stats/now', { params: { query }, signal })),
    refetchInterval: NOW_MS,
  });
}

export function useBacklog(): UseQueryResult<Schemas['Backlog']> {
  return useQuery({
    queryKey: ['backlog'],
    queryFn: ({ signal }) => dataOf(api.GET('/v1/stats/backlog', { signal })),
    refetchInterval: MINUTE_MS,
  });
}

export function useRetriesAhead(): UseQueryResult<Schemas['RetriesAhead']> {
  return useQuery({
    queryKey: ['retries-ahead'],
    queryFn: ({ signal }) => dataOf(api.GET('/v1/stats/retries-ahead', { params: { query: { bucket: '1h' } }, signal })),
    refetchInterval: MINUTE_MS,
  });
}

export function useWorkers(): UseQueryResult<Schemas['Workers']> {
  return useQuery({
    queryKey: ['workers'],
    queryFn: ({ signal }) => dataOf(api.GET('/v1/workers', { signal })),
    refetchInterval: NOW_MS,
  });
}

const RATE_MS = 5 * MINUTE_MS;

/** Attempts per second of the last five minutes that are over; undefined while that is not known. */
export function useAttemptRate(): number | undefined {
  const { data } = useQuery({
    queryKey: ['attempt-rate'],
    queryFn: ({ signal }) => {
      const endMs = Math.floor(serverNowMs() / RATE_MS) * RATE_MS;
      const query = { from: new Date(endMs - RATE_MS).toISOString(), to: new Date(endMs).toISOString() };
      return dataOf(api.GET('/v1/stats', { params: { query }, signal }));
    },
    refetchInterval: MINUTE_MS,
  });
  if (!data) return undefined;
  const { delivered = 0, retryable = 0, permanent = 0 } = data.groups[0]?.attempts ?? {};
  return (delivered + retryable + permanent) / (RATE_MS / 1000);
}
