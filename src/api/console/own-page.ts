import type { Request } from 'express';
import { HttpProblem } from '../problem.ts';

/** Only the console's own pages can set it: from another site it needs a permission that the API never gives. */
export const CONSOLE_HEADER = 'x-passwire-console';
/** The same for the portal, whose requests no session of the console counts for. */
export const PORTAL_HEADER = 'x-passwire-portal';
const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Refuses what another site makes a browser send with our cookie (CSRF): beside SameSite, since a page on another host of
 * the same site counts as the same site.
 *
 * @throws HttpProblem 403 that names what is missing
 */
export function refuseOtherSites(request: Request, header = CONSOLE_HEADER): void {
  if (SAFE.has(request.method)) return;
  if (request.get(header) !== '1') {
    throw new HttpProblem('foreign-origin', `A request with a session cookie needs the header "${header}: 1".`);
  }
  const origin = request.get('origin');
  const site = request.get('sec-fetch-site');
  const isOwn = origin !== undefined && hostOf(origin) === request.host && (site === undefined || site === 'same-origin');
  if (isOwn) return;
  const detail = `A request with a session cookie must come from a page of this host; its Origin is ${origin ?? 'missing'}.`;
  throw new HttpProblem('foreign-origin', detail);
}

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}
