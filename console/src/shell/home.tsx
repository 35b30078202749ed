import { useQuery } from '@tanstack/react-query';
import { Navigate, useSearch } from '@tanstack/react-router';
import { api, dataOf } from '../api/client.ts';
import { useLeadsSomewhere } from '../parts/page-link.tsx';
import { Skeletons } from '../parts/skeletons.tsx';
import type { Address } from '../router/addresses.ts';
import { useTenantId } from '../session/me.ts';
import { NotFound } from './not-found.tsx';

const FIRST: readonly Address[] = ['/overview', '/deliveries', '/events', '/integrations', '/endpoints', '/tenants'];

/** `/console` itself: how to begin while there is nothing, else the first page that there is for the role. */
export function Home() {
  const leadsSomewhere = useLeadsSomewhere();
  const search = useSearch({ strict: false });
  const canStart = leadsSomewhere('/start');
  const tenantId = useTenantId();
  const { data: isEmpty, isFetching } = useQuery({
    queryKey: ['is-empty', tenantId],
    queryFn: ({ signal }) => (tenantId === undefined ? hasNoTenant(signal) : hasNoSubscription(tenantId, signal)),
    enabled: canStart,
    // the first subscription may just have been made
    staleTime: 0,
    // what cannot be known leads to the overview, which reports it
    retry: false,
  });
  if (canStart && isFetching) return <Skeletons />;
  const to = canStart && isEmpty ? '/start' : FIRST.find(leadsSomewhere);
  return to === undefined ? <NotFound /> : <Navigate to={to} search={search as never} replace />;
}

async function hasNoTenant(signal: AbortSignal): Promise<boolean> {
  const { data } = await dataOf(api.GET('/v1/tenants', { params: { query: { limit: 1 } }, signal }));
  return data.length === 0;
}

async function hasNoSubscription(tenantId: string, signal: AbortSignal): Promise<boolean> {
  const { data } = await dataOf(api.GET('/v1/subscriptions', { params: { query: { tenantId, limit: 1 } }, signal }));
  return data.length === 0;
}
