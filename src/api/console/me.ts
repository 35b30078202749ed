import { z } from 'zod';
import { parseId } from '../../domain/id.ts';
import { PORTAL_PERMISSIONS } from '../../domain/portal.ts';
import { CALLER_ROLES } from '../../ports/configuration.ts';
import { EXAMPLE_IDS } from '../example-ids.ts';
import type { Caller } from '../key-ring.ts';
import { instantAnswer } from '../paging.ts';
import { operationsOf } from '../permissions.ts';
import type { Context } from '../route.ts';

/** Where the logo of the installation is served. */
export const LOGO_PATH = '/portal/logo';

export const meSchema = z
  .strictObject({
    role: z.enum(CALLER_ROLES).meta({ description: 'The role of the key or the person.' }),
    tenant: z
      .strictObject({
        id: z.string().meta({ description: 'Its id.' }),
        name: z.string().meta({ description: 'Its name.' }),
      })
      .nullable()
      .meta({ description: 'The tenant that the key is bound to. Null: none.' }),
    key: z
      .strictObject({
        id: z.string().meta({
          description: 'Its id; `configured-admin` for the key of the environment; in the portal the id of the link.',
        }),
        name: z.string().meta({ description: 'Its name.' }),
      })
      .nullable()
      .meta({ description: 'The API key. Null: a person signed in with an account of the identity provider.' }),
    person: z
      .strictObject({
        id: z.string().meta({ description: 'The id, which the audit log and deliveries name as the actor.' }),
        subject: z.string().meta({ description: 'The account at the provider: the claim `sub`, which never changes.' }),
        name: z.string().nullable().meta({ description: 'The name. Null: the provider gives none.' }),
        email: z.string().nullable().meta({ description: 'The e-mail address. Null: the provider gives none.' }),
      })
      .nullable()
      .meta({ description: 'Who signed in with an account of the identity provider. Null: an API key was used.' }),
    can: z.array(z.string()).meta({ description: 'The operations that the role may call, by their `operationId`.' }),
    portal: z
      .strictObject({
        permissions: z.enum(PORTAL_PERMISSIONS).meta({ description: 'What can be done in it.' }),
        origin: z.string().nullable().meta({ description: 'The page that frames it and is asked for a new token.' }),
        theme: z
          .strictObject({
            colour: z.string().nullable().meta({ description: 'The primary colour. Null: that of the console.' }),
            name: z.string().nullable().meta({ description: 'The name in the head of the page. Null: `Passwire`.' }),
            logo: z.string().nullable().meta({ description: 'The URL of the logo. Null: none.' }),
          })
          .meta({ description: 'Its looks.' }),
      })
      .nullable()
      .meta({ description: 'The portal that is open. Null: the request had an API key or a session.' }),
    expiresInMs: z.int().nullable().meta({
      description:
        'How long the session lasts if it is not used again, or the visit to the portal, in milliseconds. Null: the request had an API key.',
    }),
    now: instantAnswer.meta({ description: "The server's time." }),
  })
  .meta({
    id: 'Me',
    description: 'Who calls, and what it may do.',
    examples: [
      {
        role: 'support',
        tenant: null,
        key: { id: EXAMPLE_IDS.apiKey, name: 'support desk' },
        person: null,
        can: ['listDeliveries', 'getDelivery'],
        portal: null,
        expiresInMs: 28_800_000,
        now: '2026-01-15T12:00:00.000Z',
      },
    ],
  });

/** @throws Unavailable */
export async function showMe(context: Context, caller: Caller): Promise<z.infer<typeof meSchema>> {
  const { apiKeys, tenants, clock } = context;
  const { person } = caller;
  const id = parseId('apiKey', caller.id);
  const key = id && (await apiKeys.find(id));
  const tenant = caller.tenantId && (await tenants.find(caller.tenantId));
  return {
    role: caller.role,
    tenant: tenant ? { id: tenant.id, name: tenant.name } : null,
    key: person ? null : { id: caller.id, name: key?.name ?? caller.name },
    person: person
      ? { id: person.id, subject: person.subject, name: person.name ?? null, email: person.email ?? null }
      : null,
    can: [...operationsOf(caller.role)],
    portal: await portalOf(context, caller),
    expiresInMs: caller.sessionEndsInMs === undefined ? null : Math.floor(caller.sessionEndsInMs),
    now: new Date(clock()).toISOString(),
  };
}

async function portalOf({ portalLinks, portal }: Context, caller: Caller): Promise<z.infer<typeof meSchema>['portal']> {
  const id = parseId('portalLink', caller.id);
  const link = id && (await portalLinks.find(id));
  if (!link) return null;
  const { permissions, origin, theme } = link;
  const logo = theme.logo ?? (portal.logoFile === undefined ? null : LOGO_PATH);
  const shown = { colour: theme.colour ?? portal.colour ?? null, name: theme.name ?? portal.name ?? null, logo };
  return { permissions, origin: origin ?? null, theme: shown };
}
