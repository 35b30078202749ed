import { Navigate, useSearch } from '@tanstack/react-router';
import { useLeadsSomewhere } from '../parts/page-link.tsx';
import type { Address } from '../router/addresses.ts';
import { NotFound } from './not-found.tsx';

const FIRST: readonly Address[] = ['/overview', '/deliveries', '/events', '/integrations', '/endpoints', '/tenants'];

/** `/console` itself: the first page that there is for the role. */
export function Home() {
  const leadsSomewhere = useLeadsSomewhere();
  const search = useSearch({ strict: false });
  const to = FIRST.find(leadsSomewhere);
  return to === undefined ? <NotFound /> : <Navigate to={to} search={search as never} replace />;
}
