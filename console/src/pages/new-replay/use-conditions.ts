import { useQuery } from '@tanstack/react-query';
import type { Schemas } from '../../../../client/index.ts';
import { api, dataOf } from '../../api/client.ts';

const MOST = 200;

/** What the tenant's endpoints do now, by their id; undefined while it is not known. */
export function useConditions(
  tenantId: string,
  isWanted: boolean,
): ReadonlyMap<string, Schemas['BoardEndpoint']> | undefined {
  const { data } = useQuery({
    queryKey: ['endpoint-board', tenantId, 'conditions'],
    queryFn: ({ signal }) =>
      dataOf(api.GET('/v1/endpoints/board', { params: { query: { tenantId, limit: MOST } }, signal })),
    enabled: isWanted,
  });
  return data && new Map(data.endpoints.map((endpoint) => [endpoint.id, endpoint]));
}

export function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url;
}
