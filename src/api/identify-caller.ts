import type { Request, Response } from 'express';
import { CONSOLE_HEADER, refuseOtherSites } from './console/own-page.ts';
import { identifyVisitor } from './console/portal-visitor.ts';
import type { Session } from './console/session.ts';
import { bearerKeys, type Credentials, identify } from './credentials.ts';
import type { Caller } from './key-ring.ts';
import { HttpProblem } from './problem.ts';
import type { Context } from './route.ts';

const BEARER: Credentials = {
  keysOf: bearerKeys,
  challenge: 'Bearer',
  advice: 'Send an API key as "Authorization: Bearer <key>".',
};

/**
 * The caller of a request: by its key, by the cookie of a session, or by the token of the portal. A key counts before a cookie.
 * A session that is used is renewed, unless the console says that nobody is using it (`x-passwire-console: idle`).
 *
 * @throws HttpProblem 401, 403 for a request of another site; Unavailable
 */
export async function identifyCaller(context: Context, request: Request, response: Response): Promise<Caller> {
  const visitor = await identifyVisitor(context, request);
  if (visitor) return visitor;
  const session = request.get('authorization') === undefined ? context.sessions.read(request) : undefined;
  if (!session) return identify(context, request, BEARER);
  refuseOtherSites(request);
  const caller = await holderOf(context, request, session);
  if (!caller) {
    context.sessions.end(response);
    const why = 'keyHash' in session ? 'its API key was revoked' : 'this person may not sign in any more';
    throw new HttpProblem('unauthenticated', `The session has ended: ${why}.`, CHALLENGE);
  }
  const isUsed = request.get(CONSOLE_HEADER) !== 'idle';
  const renewed = isUsed ? context.sessions.renew(request, response, session) : session;
  return { ...caller, sessionEndsInMs: context.sessions.expiresInMs(renewed) };
}

function holderOf({ keyRing, failedKeys, staff }: Context, request: Request, session: Session) {
  if ('personId' in session) return staff.identify(session.personId);
  return keyRing.identifyHash(Buffer.from(session.keyHash, 'base64'), () => failedKeys.delay(request.ip ?? ''));
}

const CHALLENGE = { 'www-authenticate': BEARER.challenge };
