import { parseId, type TenantId } from '../domain/id.ts';
import { isObject } from '../domain/json.ts';
import { LossyEvent } from '../domain/read-posted-event.ts';
import type { RefusedResult } from '../pipeline/classify-events.ts';
import type { PostedValue } from '../pipeline/post-events.ts';

/**
 * Takes the `tenantId` that an event of a batch may have out of it.
 *
 * @param ofRequest the tenant that the key or the request names; undefined when neither does
 */
export function withTenant(event: unknown, ofRequest: TenantId | undefined): PostedValue {
  if (!namesTenant(event)) return { value: event, tenant: ofRequest ?? MISSING };
  const { tenantId: named, ...value } = event;
  return { value, tenant: tenantNamed(named, ofRequest) };
}

/** Of an event that parsing lost something of, it is not known whether it named a tenant. */
export function mayNameTenant(event: unknown): boolean {
  return namesTenant(event) || event instanceof LossyEvent;
}

function namesTenant(event: unknown): event is { readonly tenantId: unknown } {
  return isObject(event) && Object.hasOwn(event, 'tenantId');
}

function tenantNamed(named: unknown, ofRequest: TenantId | undefined): TenantId | RefusedResult {
  if (typeof named !== 'string') return refused('invalid-input', 'must be text');
  const id = parseId('tenant', named);
  if (!id || (ofRequest !== undefined && id !== ofRequest)) return FOREIGN;
  return id;
}

function refused(code: RefusedResult['code'], detail: string): RefusedResult {
  return { kind: 'refused', code, errors: [{ pointer: '/tenantId', detail }] };
}

const MISSING = refused('tenant-required', 'is required, in the event or the request: this key is bound to no tenant');
const FOREIGN = refused('not-found', 'names no tenant that this request may post to');
