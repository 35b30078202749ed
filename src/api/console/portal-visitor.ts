import { parseCookie } from 'cookie';
import type { Request, Response } from 'express';
import { TOKEN_PREFIX } from '../../admin/portal-links.ts';
import { bearerKeys } from '../credentials.ts';
import type { Caller } from '../key-ring.ts';
import { HttpProblem } from '../problem.ts';
import type { Context } from '../route.ts';
import { PORTAL_HEADER, refuseOtherSites } from './own-page.ts';
import { COOKIE, isHttps } from './session.ts';

const SECURE_COOKIE = '__Host-passwire-portal';
const PLAIN_COOKIE = 'passwire-portal';

/** Gives a token to the browser, for a portal that is in no frame. */
export function setPortalCookie(request: Request, response: Response, token: string, maxAge: number): void {
  const secure = isHttps(request);
  response.cookie(secure ? SECURE_COOKIE : PLAIN_COOKIE, token, { ...COOKIE, secure, maxAge });
}

/**
 * The person in the portal whom a request comes from; undefined for a request that is none of the portal. The cookie counts
 * only where the header of the portal is sent.
 *
 * @throws HttpProblem 401, 403 for a request of another site; Unavailable
 */
export async function identifyVisitor(
  { portalRing, failedKeys }: Pick<Context, 'portalRing' | 'failedKeys'>,
  request: Request,
): Promise<Caller | undefined> {
  const [bearer] = bearerKeys(request);
  const isFromPortal = request.get(PORTAL_HEADER) !== undefined;
  if (!isFromPortal && bearer?.startsWith(TOKEN_PREFIX) !== true) return undefined;
  const token = bearer ?? cookieOf(request);
  if (bearer === undefined && token !== undefined) refuseOtherSites(request, PORTAL_HEADER);
  const address = request.ip ?? '';
  const caller = token === undefined ? undefined : await portalRing.identify(token, () => failedKeys.delay(address));
  if (caller) return caller;
  if (token !== undefined) await failedKeys.note(address);
  const detail = 'This visit to the portal has ended. Open it again from where you came.';
  throw new HttpProblem('unauthenticated', detail, { 'www-authenticate': 'Bearer' });
}

function cookieOf(request: Request): string | undefined {
  const cookies = parseCookie(request.get('cookie') ?? '');
  return cookies[SECURE_COOKIE] ?? cookies[PLAIN_COOKIE];
}
