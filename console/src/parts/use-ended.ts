import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { Schemas } from '../../../client/index.ts';
import { api, dataOf } from '../api/client.ts';

export type Ended = Schemas['StatisticsGroup']['ended'];

const MOST_IDS = 200;
const NONE: Ended = { succeeded: 0, dead: 0 };

/** How the deliveries of the last day ended, of all rows in one call; undefined while that is not known. */
export function useEnded(
  groupBy: 'tenant' | 'integration' | 'subscription',
  ids: readonly string[],
): (id: string) => Ended | undefined {
  const asked = ids.slice(0, MOST_IDS);
  const { data } = useQuery({
    queryKey: ['statistics', 'ended', groupBy, asked],
    queryFn: ({ signal }) => dataOf(api.GET('/v1/stats', { params: { query: { groupBy, ids: asked.join(',') } }, signal })),
    enabled: asked.length > 0,
    placeholderData: keepPreviousData,
  });
  if (!data) return () => undefined;
  const byId = new Map(data.groups.map(({ group, ended }) => [group, ended]));
  return (id) => (asked.includes(id) ? (byId.get(id) ?? NONE) : undefined);
}
