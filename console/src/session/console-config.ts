import { useQuery } from '@tanstack/react-query';
import { api, dataOf } from '../api/client.ts';

const REFRESH_MS = 5 * 60_000;

/** What the API tells before anybody has signed in; undefined until it is there. */
export function useConsoleConfig() {
  const { data } = useQuery({
    queryKey: ['console-config'],
    queryFn: ({ signal }) => dataOf(api.GET('/v1/console-config', { signal })),
    refetchInterval: REFRESH_MS,
    staleTime: REFRESH_MS,
  });
  return data;
}
