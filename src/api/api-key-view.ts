import { z } from 'zod';
import { type ApiKey, ROLES } from '../ports/configuration.ts';
import { EXAMPLE_IDS } from './example-ids.ts';
import { createdAtAnswer, idAnswer, instantAnswer, showInstant } from './paging.ts';

const EXAMPLE = {
  id: EXAMPLE_IDS.apiKey,
  name: 'pass platform',
  role: 'producer',
  tenantId: EXAMPLE_IDS.tenant,
  hint: 'pwk_4fTq',
  createdAt: '2026-01-15T12:00:00.000Z',
  revokedAt: null,
};

export const apiKeySchema = z
  .strictObject({
    id: idAnswer('apiKey', 'Its id, which deliveries, dead letters and logs name as the actor.'),
    name: z.string().meta({ description: 'The name, for people.' }),
    role: z.enum(ROLES).meta({ description: 'What the key may do.' }),
    tenantId: z.string().nullable().meta({ description: 'The tenant it is bound to. Null: none.' }),
    hint: z.string().meta({ description: 'The first characters of the key, to recognise it by.' }),
    createdAt: createdAtAnswer,
    revokedAt: instantAnswer.nullable().meta({ description: 'When it was revoked. Null: it is valid.' }),
  })
  .meta({ id: 'ApiKey', description: 'An API key, without its text.', examples: [EXAMPLE] });

export const newApiKeySchema = apiKeySchema
  .extend({
    key: z.string().meta({
      description: 'The text of the key, returned only once. Empty in a repeated response (`Idempotency-Key`).',
    }),
  })
  .meta({
    id: 'NewApiKey',
    description: 'An API key with its text, which is returned only once.',
    examples: [{ ...EXAMPLE, key: 'pwk_4fTqT0Yx9s2b1mN8c7VZrQeJ5kLhGdWuPaXoBtSyRiE' }],
  });

export function showApiKey({ id, name, role, tenantId, hint, createdAt, revokedAt }: ApiKey): z.infer<typeof apiKeySchema> {
  const times = { createdAt: createdAt.toISOString(), revokedAt: showInstant(revokedAt) };
  return { id, name, role, tenantId: tenantId ?? null, hint, ...times };
}
