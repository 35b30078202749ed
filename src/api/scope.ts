import { invalid, notFound, Problem } from '../domain/errors.ts';
import { type Id, type IdKind, parseId, type TenantId } from '../domain/id.ts';
import type { TenantStore } from '../ports/configuration.ts';
import type { Caller } from './key-ring.ts';
import type { Route } from './route.ts';
import type { Services } from './services.ts';

/**
 * The tenant that a request is about. A caller cannot learn whether another tenant exists.
 *
 * @param named the tenant ids in query and body, undefined where absent
 * @param isLookedUp whether to look the tenant up when the key does not imply it
 * @throws Problem not_found for a tenant other than the key's, or one that does not exist; invalid when none is named
 */
export async function tenantInScope(
  tenants: Pick<TenantStore, 'find'>,
  caller: Caller,
  named: readonly unknown[],
  isLookedUp: boolean,
): Promise<TenantId> {
  const names = new Set(named.filter((name) => name !== undefined));
  if (caller.tenantId !== undefined) {
    if ([...names].some((name) => name !== caller.tenantId)) throw notFound('tenant');
    return caller.tenantId;
  }
  const [name, other] = names;
  if (name === undefined) throw tenantRequired();
  if (other !== undefined) throw invalid([{ pointer: '/tenantId', detail: 'must be the same in the query and the body' }]);
  const id = parseId('tenant', String(name));
  if (!id || (isLookedUp && !(await tenants.find(id)))) throw notFound('tenant');
  return id;
}

/** Whether a request that names no tenant is about the one whose object its path names. Changes name their tenant. */
export function isFoundByItsId({ method, id }: Pick<Route, 'method' | 'id'>, caller: Caller): boolean {
  return method === 'get' && id !== undefined && caller.tenantId === undefined;
}

/** The tenant of an object, for a caller that may see all of them. @throws Problem not_found */
export async function ownerOf(
  { searches }: Pick<Services, 'searches'>,
  { id: kind }: Pick<Route, 'id'>,
  id: Id<IdKind> | undefined,
): Promise<TenantId> {
  if (kind === undefined || id === undefined) throw tenantRequired();
  const [hit] = await searches.find({ as: 'id', kind, id }, undefined, 1);
  if (!hit) throw notFound(kind);
  return hit.tenantId;
}

/** The tenant that a request over several tenants is narrowed to; undefined: all. @throws Problem not_found for another's */
export function visibleTenant(caller: Caller, named: TenantId | undefined): TenantId | undefined {
  if (caller.tenantId !== undefined && named !== undefined && named !== caller.tenantId) throw notFound('tenant');
  return caller.tenantId ?? named;
}

/** @throws Problem forbidden: what is about all tenants is not for a key that is bound to one */
export function forbiddenToBound({ tenantId }: Caller): void {
  if (tenantId === undefined) return;
  throw new Problem('forbidden', 'forbidden', 'This is about all tenants, and the key is bound to one.');
}

export function tenantRequired(): Problem {
  const detail = 'is required, in the query or the body: this key is bound to no tenant';
  return invalid([{ pointer: '/tenantId', detail }], 'tenant-required');
}
