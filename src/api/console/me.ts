import { z } from 'zod';
import { parseId } from '../../domain/id.ts';
import { ROLES } from '../../ports/configuration.ts';
import { EXAMPLE_IDS } from '../example-ids.ts';
import { type Caller, CONFIGURED_ADMIN } from '../key-ring.ts';
import { instantAnswer } from '../paging.ts';
import { operationsOf } from '../permissions.ts';
import type { Context } from '../route.ts';

export const meSchema = z
  .strictObject({
    role: z.enum(ROLES).meta({ description: 'The role of the key or the person.' }),
    tenant: z
      .strictObject({
        id: z.string().meta({ description: 'Its id.' }),
        name: z.string().meta({ description: 'Its name.' }),
      })
      .nullable()
      .meta({ description: 'The tenant that the key is bound to. Null: none.' }),
    key: z
      .strictObject({
        id: z.string().meta({ description: 'Its id; `configured-admin` for the key of the environment.' }),
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
    expiresInMs: z.int().nullable().meta({
      description: 'How long the session lasts if it is not used again, in milliseconds. Null: the request had an API key.',
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
        expiresInMs: 28_800_000,
        now: '2026-01-15T12:00:00.000Z',
      },
    ],
  });

/** @throws Unavailable */
export async function showMe({ apiKeys, tenants, clock }: Context, caller: Caller): Promise<z.infer<typeof meSchema>> {
  const { person } = caller;
  const id = parseId('apiKey', caller.id);
  const key = id && (await apiKeys.find(id));
  const tenant = caller.tenantId && (await tenants.find(caller.tenantId));
  return {
    role: caller.role,
    tenant: tenant ? { id: tenant.id, name: tenant.name } : null,
    key: person ? null : { id: caller.id, name: key?.name ?? (caller.id === CONFIGURED_ADMIN.id ? 'ADMIN_KEY' : '') },
    person: person
      ? { id: person.id, subject: person.subject, name: person.name ?? null, email: person.email ?? null }
      : null,
    can: [...operationsOf(caller.role)],
    expiresInMs: caller.sessionEndsInMs ?? null,
    now: new Date(clock()).toISOString(),
  };
}
