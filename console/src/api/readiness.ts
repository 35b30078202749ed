import { type UseQueryResult, useQuery } from '@tanstack/react-query';
import type { Schemas } from '../../../client/index.ts';
import { serverNowMs } from '../format/clock.ts';
import { api } from './client.ts';

const READINESS_MS = 30_000;
const SILENT_MS = 5000;
/** While a server is unavailable its return is noticed soon. */
const DEGRADED_MS = 5000;

/** The readiness of the API, and since when Redis is unavailable as far as this page knows; undefined: it is available. */
export interface KnownReadiness {
  readonly readiness: Schemas['Readiness'];
  readonly redisDownSince: Date | undefined;
}

let redisDownSince: Date | undefined;

/** Whether the servers work; one query for whatever shows it. */
export function useReadiness(): UseQueryResult<KnownReadiness> {
  return useQuery({
    queryKey: ['readiness'],
    // the document counts, and not its status: 503 says which part is missing
    async queryFn({ signal }) {
      const { data, error } = await api.GET('/readyz', { signal });
      const readiness = data ?? error;
      const isDown = readiness.parts.redis.ok === false;
      redisDownSince = isDown ? (redisDownSince ?? new Date(serverNowMs())) : undefined;
      return { readiness, redisDownSince };
    },
    refetchInterval: ({ state }) => {
      if (state.error) return SILENT_MS;
      return state.data?.readiness.status === 'ready' ? READINESS_MS : DEGRADED_MS;
    },
    retry: false,
  });
}
