import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import type { Schemas } from '../../../client/index.ts';
import { ApiError, isUnreachable } from '../api/api-error.ts';
import { api, dataOf } from '../api/client.ts';
import { noteServerTime } from '../format/clock.ts';
import { isPortal } from '../portal/place.ts';
import { visitor } from '../portal/visit.ts';
import type { Operation } from '../router/page.ts';

export type Me = Schemas['Me'];

/** Asked again this often, so that the console knows when its session ends. */
const REFRESH_MS = 60_000;

/** Who is signed in; null: nobody. */
export const meQuery = {
  queryKey: ['me'],
  queryFn: async (): Promise<Me | null> => {
    try {
      const me = await (isPortal ? visitor() : dataOf(api.GET('/v1/me')));
      noteServerTime(me.now);
      return me;
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) return null;
      throw error;
    }
  },
  // what a link was refused for is not asked twice
  retry: (failures: number, error: Error) => isUnreachable(error) && failures < 2,
  staleTime: REFRESH_MS,
  refetchInterval: REFRESH_MS,
} as const;

/** Who is signed in. Pages are shown to somebody who is, so there is one. */
export function useMe(): Me {
  const { data } = useSuspenseQuery(meQuery);
  if (!data) throw new Error('nobody is signed in');
  return data;
}

/** Whether the role may call an operation. What it may not call is absent from the page. */
export function useCan(): (...operations: readonly Operation[]) => boolean {
  const { data } = useQuery(meQuery);
  return (...operations) => operations.every((operation) => data?.can.includes(operation));
}

/**
 * The tenant whose lists are shown: that of the key, or the one that the address names (`?tenant=`). Undefined: all of them, or
 * none is chosen yet.
 */
export function useTenantId(): string | undefined {
  const { data } = useQuery(meQuery);
  const { tenant } = useSearch({ strict: false });
  return data?.tenant?.id ?? (tenant === '' ? undefined : tenant);
}

/** True for keys that are bound to no tenant, which see all of them. */
export function useSeesAllTenants(): boolean {
  const { data } = useQuery(meQuery);
  return data?.tenant === null;
}
