import { z } from 'zod';
import { apiKeyInputSchema, createApiKey, revokeApiKey } from '../../admin/api-keys.ts';
import { notFound } from '../../domain/errors.ts';
import { type ApiKey, ROLES } from '../../ports/configuration.ts';
import { idSchema, instantAnswer, pageOf, pageQuerySchema, pageSchema, showInstant, showPage } from '../paging.ts';
import { globalRoute, type Route } from '../route.ts';

const apiKeySchema = z
  .strictObject({
    id: z.string(),
    name: z.string(),
    role: z.enum(ROLES),
    tenantId: z.string().nullable(),
    hint: z.string().meta({ description: 'The first characters, to recognise it by.' }),
    createdAt: instantAnswer,
    revokedAt: instantAnswer.nullable(),
  })
  .meta({ id: 'ApiKey' });

const newApiKeySchema = apiKeySchema
  .extend({ key: z.string().meta({ description: 'The key itself. It is shown this once.' }) })
  .meta({ id: 'NewApiKey' });

function showApiKey({ id, name, role, tenantId, hint, createdAt, revokedAt }: ApiKey): z.infer<typeof apiKeySchema> {
  const times = { createdAt: createdAt.toISOString(), revokedAt: showInstant(revokedAt) };
  return { id, name, role, tenantId: tenantId ?? null, hint, ...times };
}

const common = { tag: 'api-keys', roles: ['admin'] } as const;

export const apiKeyRoutes: readonly Route[] = [
  globalRoute({
    ...common,
    method: 'post',
    path: '/v1/api-keys',
    summary: 'Make an API key; its text is shown this once',
    body: apiKeyInputSchema,
    status: 201,
    answer: newApiKeySchema,
    blank: (answer) => ({ ...answer, key: '' }),
    async handle(context, { body }) {
      const { key, text } = await createApiKey(context, body);
      return { ...showApiKey(key), key: text };
    },
  }),
  globalRoute({
    ...common,
    method: 'get',
    path: '/v1/api-keys',
    summary: 'List API keys',
    query: pageQuerySchema.extend({ tenantId: idSchema('tenant').optional() }),
    status: 200,
    answer: pageSchema(apiKeySchema),
    async handle({ apiKeys }, { query }) {
      return showPage(await apiKeys.list({ tenantId: query.tenantId }, pageOf(query)), showApiKey);
    },
  }),
  globalRoute({
    ...common,
    method: 'get',
    path: '/v1/api-keys/{id}',
    summary: 'Get an API key, without its text',
    id: 'apiKey',
    status: 200,
    answer: apiKeySchema,
    async handle({ apiKeys }, { id }) {
      const key = await apiKeys.find(id);
      if (!key) throw notFound('API key');
      return showApiKey(key);
    },
  }),
  globalRoute({
    ...common,
    method: 'delete',
    path: '/v1/api-keys/{id}',
    summary: 'Revoke an API key',
    id: 'apiKey',
    status: 204,
    async handle(context, { id }) {
      await revokeApiKey(context, id);
      context.keyRing.forget();
    },
  }),
];
