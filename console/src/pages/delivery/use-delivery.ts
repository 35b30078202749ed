import { useQuery } from '@tanstack/react-query';
import type { Schemas } from '../../../../client/index.ts';
import { api, dataOf } from '../../api/client.ts';

export type Delivery = Schemas['DeliveryWithAttempts'];
export type Attempt = Schemas['ExplainedAttempt'];
export type Action = Schemas['DeliveryAction'];

const ENDED = new Set(['succeeded', 'dead', 'cancelled']);
const OPEN_MS = 5000;
const SOON_MS = 1000;

/**
 * A delivery, loaded again while it is open.
 *
 * @param isExpecting an attempt is about to be made, which the reader waits for
 */
export function useDelivery(id: string, { isExpecting = false }: { readonly isExpecting?: boolean } = {}) {
  return useQuery({
    queryKey: ['delivery', id],
    queryFn: ({ signal }) => dataOf(api.GET('/v1/deliveries/{id}', { params: { path: { id } }, signal })),
    refetchInterval: ({ state: { data } }) => {
      if (isExpecting) return SOON_MS;
      return data && !ENDED.has(data.state) ? OPEN_MS : false;
    },
    enabled: id !== '',
  });
}
