import type { Actor } from '../ports/audit.ts';
import type { Caller } from './key-ring.ts';
import type { Context, Route } from './route.ts';

/**
 * Handles a request as an act of its caller, for the audit log. Reads leave no entry; neither do events, which are stored in
 * transactions of several callers.
 */
export function handleAs<T>(
  { actAs }: Pick<Context, 'actAs'>,
  { method, rate }: Pick<Route, 'method' | 'rate'>,
  caller: Caller,
  requestId: string,
  handle: () => Promise<T>,
): Promise<T> {
  if (method === 'get' || rate === 'events') return handle();
  return actAs(actorOf(caller, requestId), handle);
}

export function actorOf({ id, role, name, person, tenantId }: Caller, requestId: string): Actor {
  return { id, role, name, subject: person?.subject, tenantId, requestId };
}
