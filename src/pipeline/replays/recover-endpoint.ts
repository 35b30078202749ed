import { invalid, notFound } from '../../domain/errors.ts';
import type { EndpointId, TenantId } from '../../domain/id.ts';
import type { EndpointStore } from '../../ports/endpoints.ts';
import { type DryRun, dryRunReplay } from './dry-run.ts';
import type { DryRunDeps } from './replay-plan.ts';

/** A first failure is stored a little after the attempt that it was. */
const BEFORE_FAILURE_MS = 5 * 60_000;

/**
 * The dry run of a replay of what an endpoint did not get since an instant: its dead deliveries, and those that wait for a retry.
 *
 * @param since default: shortly before it last began to fail
 * @throws Problem not_found; invalid when `since` is needed
 */
export async function dryRunRecovery(
  deps: DryRunDeps & { readonly endpoints: Pick<EndpointStore, 'find'> },
  tenantId: TenantId,
  endpointId: EndpointId,
  since: Date | undefined,
): Promise<DryRun & { readonly since: Date }> {
  const endpoint = await deps.endpoints.find(tenantId, endpointId);
  if (!endpoint) throw notFound('endpoint');
  const after = since ?? shortlyBefore(endpoint.lastFailedSince);
  if (!after) throw invalid([{ pointer: '/since', detail: 'is required: the endpoint has not failed yet' }]);
  const filter = { endpointId, after, states: ['dead', 'retrying'] as const };
  return { ...(await dryRunReplay(deps, tenantId, { mode: 'same', filter })), since: after };
}

function shortlyBefore(at: Date | undefined): Date | undefined {
  return at && new Date(at.getTime() - BEFORE_FAILURE_MS);
}
