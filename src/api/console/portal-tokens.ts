import type { Request, RequestHandler, Response } from 'express';
import { z } from 'zod';
import { findOpenLink, usePortalLink } from '../../admin/portal-links.ts';
import { actorOf } from '../actor.ts';
import { jsonReader } from '../json-body.ts';
import type { Caller } from '../key-ring.ts';
import { HttpProblem, tooMany } from '../problem.ts';
import { note } from '../request-notes.ts';
import type { Context } from '../route.ts';
import { checked, endWith, problemReply, rejectUnsupported, requestIdOf, write } from '../serve.ts';
import { meSchema, showMe } from './me.ts';
import { PORTAL_HEADER, refuseOtherSites } from './own-page.ts';
import { visitorOf } from './portal-ring.ts';
import { setPortalCookie } from './portal-visitor.ts';

const BODY_LIMIT_BYTES = 4096;
/** All exchanges of a process share the limits of one key. */
const LIMITED_AS = 'portal-tokens';

export const portalTokenInputSchema = z
  .strictObject({
    link: z.string().min(1).max(512).meta({ description: 'What follows `t=` in the link.' }),
    as: z.enum(['bearer', 'cookie']).meta({
      description:
        '`bearer`: the answer has the token, for a page in a frame, to which browsers give no cookies. `cookie`: it is set as a cookie.',
    }),
  })
  .meta({
    id: 'PortalTokenInput',
    description: 'The link to exchange.',
    examples: [{ link: 'Ue3rJq0m1vXc8b5tQpYkZs7dWnGf2hLa9oRiTxEyMwB', as: 'bearer' }],
  });

export const portalTokenSchema = z
  .strictObject({
    token: z
      .string()
      .nullable()
      .meta({ description: 'Sent as `Authorization: Bearer <token>`. Null: it is in the cookie.' }),
    me: meSchema,
  })
  .meta({
    id: 'PortalToken',
    description: 'The token that a link was exchanged for, and who one is with it.',
    examples: [
      {
        token: 'pwp_4fTqT0Yx9s2b1mN8c7VZrQeJ5kLhGdWuPaXoBtSyRiE',
        me: {
          role: 'portal',
          tenant: { id: 'ten_019bc1a3-0e00-7000-8000-000000000001', name: 'Acme Coffee' },
          key: { id: 'plk_019bc1a3-0e00-7000-8000-000000000016', name: 'jane@acme.example' },
          person: null,
          can: ['listDeliveries', 'getDelivery'],
          portal: {
            permissions: 'manage',
            origin: 'https://app.example.com',
            theme: { colour: '#0b7285', name: 'Acme Passes', logo: null },
          },
          expiresInMs: 3_600_000,
          now: '2026-01-15T12:00:00.000Z',
        },
      },
    ],
  });

/** `POST /v1/portal-tokens`: exchanges a link for a token, once. */
export function answerPortalTokens(context: Context): RequestHandler {
  const readJson = jsonReader(BODY_LIMIT_BYTES);
  return async (request, response) => {
    try {
      refuseOtherSites(request, PORTAL_HEADER);
      const admission = context.keyLimits.admit(LIMITED_AS);
      if (!admission) throw tooMany('Too many links are opened at once.');
      endWith(response, admission);
      const { value } = (await readJson(request, response, admission)) ?? { value: {} };
      const input = rejectUnsupported(value, (whole) => checked(portalTokenInputSchema, whole));
      const { caller, token } = await exchange(context, request, response, input);
      const me = await showMe(context, caller);
      write(response, { status: 200, body: JSON.stringify({ token, me }), headers: {} });
    } catch (error) {
      write(response, problemReply(context, error, requestIdOf(response)));
    }
  };
}

async function exchange(
  context: Context,
  request: Request,
  response: Response,
  { link: text, as }: z.infer<typeof portalTokenInputSchema>,
): Promise<{ readonly caller: Caller; readonly token: string | null }> {
  const { failedKeys } = context;
  const address = request.ip ?? '';
  await failedKeys.delay(address);
  const link = await findOpenLink(context, text);
  if (!link) {
    await failedKeys.note(address);
    throw new HttpProblem('unauthenticated', 'This link to the portal is unknown.', { 'www-authenticate': 'Bearer' });
  }
  const caller = visitorOf(link, link.lifetimeMs);
  note(response, { caller: caller.id, tenantId: link.tenantId });
  const actor = actorOf(caller, requestIdOf(response));
  const token = await context.actAs(actor, () => usePortalLink(context, link));
  if (as === 'bearer') return { caller, token: token.text };
  setPortalCookie(request, response, token.text, token.endsInMs);
  return { caller, token: null };
}
