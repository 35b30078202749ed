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
    role: z.enum(ROLES).meta({ description: 'The role of the key.' }),
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
      .meta({ description: 'The API key.' }),
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
        can: ['listDeliveries', 'getDelivery'],
        expiresInMs: 28_800_000,
        now: '2026-01-15T12:00:00.000Z',
      },
    ],
  });

/** @throws Unavailable */
export async function showMe({ apiKeys, tenants, clock }: Context, caller: Caller): Promise<z.infer<typeof meSchema>> {
  const id = parseId('apiKey', caller.id);
  const key = id && (await apiKeys.find(id));
  const tenant = caller.tenantId && (await tenants.find(caller.tenantId));
  return {
    role: caller.role,
    tenant: tenant ? { id: tenant.id, name: tenant.name } : null,
    key: { id: caller.id, name: key?.name ?? (caller.id === CONFIGURED_ADMIN.id ? 'ADMIN_KEY' : '') },
    can: [...operationsOf(caller.role)],
    expiresInMs: caller.sessionEndsInMs ?? null,
    now: new Date(clock()).toISOString(),
  };
}
