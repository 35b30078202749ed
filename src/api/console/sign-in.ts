import type { RequestHandler } from 'express';
import { z } from 'zod';
import { identify } from '../credentials.ts';
import { jsonReader } from '../json-body.ts';
import { hashOfKey } from '../key-ring.ts';
import { tooMany } from '../problem.ts';
import { note } from '../request-notes.ts';
import type { Context } from '../route.ts';
import { checked, endWith, problemReply, rejectUnsupported, requestIdOf, write } from '../serve.ts';
import { showMe } from './me.ts';
import { originOf } from './oidc-sign-in.ts';
import { refuseOtherSites } from './own-page.ts';
import { isHttps } from './session.ts';

const BODY_LIMIT_BYTES = 4096;
/** All sign-ins of a process share the limits of one key. */
const LIMITED_AS = 'sign-in';

export const signInSchema = z
  .strictObject({ key: z.string().min(1).max(512).meta({ description: 'An API key of any role.' }) })
  .meta({
    id: 'SignIn',
    description: 'The API key to sign in with.',
    examples: [{ key: 'pwk_4fTqT0Yx9s2b1mN8c7VZrQeJ5kLh' }],
  });

const KEY_IN_BODY = { challenge: 'Bearer', advice: 'Send an API key.' };

/** `POST /v1/sign-in`: makes a session of an API key, and answers with who has signed in. */
export function answerSignIn(context: Context): RequestHandler {
  const readJson = jsonReader(BODY_LIMIT_BYTES);
  return async (request, response) => {
    try {
      refuseOtherSites(request);
      const admission = context.keyLimits.admit(LIMITED_AS);
      if (!admission) throw tooMany('Too many people sign in at once.');
      endWith(response, admission);
      const { value } = (await readJson(request, response, admission)) ?? { value: {} };
      const { key } = rejectUnsupported(value, (whole) => checked(signInSchema, whole));
      const caller = await identify(context, request, { ...KEY_IN_BODY, keysOf: () => [key] });
      note(response, { caller: caller.id });
      const session = context.sessions.start(response, { keyHash: hashOfKey(key).toString('base64') }, isHttps(request));
      const me = await showMe(context, { ...caller, sessionEndsInMs: context.sessions.expiresInMs(session) });
      write(response, { status: 200, body: JSON.stringify(me), headers: {} });
    } catch (error) {
      write(response, problemReply(context, error, requestIdOf(response)));
    }
  };
}

export const signedOutSchema = z
  .strictObject({
    endSessionUrl: z.string().nullable().meta({
      description:
        'Where the session at the identity provider ends too, which leads back to the sign-in page. Null: it was an API key that was signed in, or the provider has no such page.',
    }),
  })
  .meta({ id: 'SignedOut', description: 'What is left to do.', examples: [{ endSessionUrl: null }] });

/** `POST /v1/sign-out`: removes the cookie; the same for a browser that has none. */
export function answerSignOut(context: Context): RequestHandler {
  return async (request, response) => {
    try {
      refuseOtherSites(request);
      const session = context.sessions.read(request);
      context.sessions.end(response);
      const provider = session && 'personId' in session ? context.identityProvider : undefined;
      const endSessionUrl = await provider?.endSessionUrl(`${originOf(context, request)}/console/sign-in`);
      const body: z.infer<typeof signedOutSchema> = { endSessionUrl: endSessionUrl ?? null };
      write(response, { status: 200, body: JSON.stringify(body), headers: {} });
    } catch (error) {
      write(response, problemReply(context, error, requestIdOf(response)));
    }
  };
}
