import type { Request, RequestHandler } from 'express';
import { newId } from '../../domain/id.ts';
import type { IdentityProvider, SignInFailure } from '../../ports/identity-provider.ts';
import { HttpProblem, tooMany } from '../problem.ts';
import { note } from '../request-notes.ts';
import type { Context } from '../route.ts';
import { endWith, problemReply, requestIdOf, write } from '../serve.ts';
import { OidcCookie } from './oidc-cookie.ts';

export const OIDC_PATH = '/v1/sign-in/oidc';
/** The most characters of the page to go to afterwards: the cookie has 4 KiB in all. */
const MAX_TO = 2000;
/** All sign-ins of a process share the limits of one key. */
const LIMITED_AS = 'sign-in-oidc';

/** What the sign-in page explains: why nobody was signed in. */
export type SignInProblem = SignInFailure | 'expired' | 'no-role';

/** `GET /v1/sign-in/oidc`: leads to the provider. */
export function beginOidcSignIn(context: Context): RequestHandler {
  const cookie = new OidcCookie(context);
  return redirecting(context, async (provider, request, response) => {
    const to = pageOf(request.query.to);
    const redirectUri = `${originOf(context, request)}${OIDC_PATH}/callback`;
    const secrets = provider.newSecrets();
    const begun = await provider.begin(redirectUri, secrets);
    if (!begun.ok) return refusal(context, request, requestIdOf(response), begun.failure, begun.code, to);
    cookie.write(response, { ...secrets, redirectUri, to });
    return begun.value;
  });
}

/** `GET /v1/sign-in/oidc/callback`: makes a session of the provider's answer, and leads to the console. */
export function endOidcSignIn(context: Context): RequestHandler {
  const cookie = new OidcCookie(context);
  return redirecting(context, async (provider, request, response) => {
    const requestId = requestIdOf(response);
    const begun = cookie.take(request, response);
    if (!begun) return refusal(context, request, requestId, 'expired', 'no-cookie', '/');
    const { redirectUri, to } = begun;
    const query = request.originalUrl.split('?')[1] ?? '';
    const ended = await provider.end(new URL(`${redirectUri}?${query}`), begun);
    if (!ended.ok) return refusal(context, request, requestId, ended.failure, ended.code, to);
    const now = context.clock();
    const person = await context.people.signIn(newId('person', now), ended.value, new Date(now));
    context.staff.forget(person.id);
    note(response, { caller: person.id });
    if (person.role === undefined) return refusal(context, request, requestId, 'no-role', 'no-role', to);
    context.sessions.start(response, { personId: person.id }, redirectUri.startsWith('https:'));
    return `/console${to}`;
  });
}

/** The address of the API in the caller's browser, as `https://webhooks.example.com`. */
export function originOf({ publicUrl }: Pick<Context, 'publicUrl'>, request: Request): string {
  return publicUrl ?? `${request.protocol}://${request.host}`;
}

type Redirect = (
  provider: IdentityProvider,
  ...exchange: Parameters<RequestHandler> extends [infer A, infer B, ...unknown[]] ? [request: A, response: B] : never
) => Promise<string>;

function redirecting(context: Context, handle: Redirect): RequestHandler {
  return async (request, response) => {
    try {
      const provider = context.identityProvider;
      if (!provider) throw new HttpProblem('not-found', 'Signing in with OpenID Connect is not configured.');
      const admission = context.keyLimits.admit(LIMITED_AS);
      if (!admission) throw tooMany('Too many people sign in at once.');
      endWith(response, admission);
      const location = await handle(provider, request, response);
      write(response, { status: 302, body: '', headers: { location, 'referrer-policy': 'no-referrer' } });
    } catch (error) {
      write(response, problemReply(context, error, requestIdOf(response)));
    }
  };
}

/** Logs why, without anything of the answer, and leads back to the sign-in page, which explains it. */
function refusal(
  { log }: Pick<Context, 'log'>,
  { ip }: Request,
  requestId: string,
  problem: SignInProblem,
  code: string,
  to: string,
): string {
  log.warn({ problem, code, requestId, ip }, 'a sign-in with the identity provider was refused');
  const query = new URLSearchParams({ problem, requestId, ...(to !== '/' && { to }) });
  return `/console/sign-in?${query}`;
}

/** A path of the console; the first page for anything else. */
function pageOf(to: unknown): string {
  return typeof to === 'string' && to.length <= MAX_TO && /^\/(?![/\\])/.test(to) ? to : '/';
}
