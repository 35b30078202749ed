import { apiKeyInputSchema, createApiKey, revokeApiKey } from '../../admin/api-keys.ts';
import { notFound } from '../../domain/errors.ts';
import { apiKeySchema, newApiKeySchema, showApiKey } from '../api-key-view.ts';
import { EXAMPLE_IDS } from '../example-ids.ts';
import { idQuery, pageOf, pageQuerySchema, pageSchema, showPage } from '../paging.ts';
import { globalRoute, type Route } from '../route.ts';

const inputSchema = apiKeyInputSchema.meta({
  id: 'ApiKeyInput',
  description: 'An API key to create.',
  examples: [{ name: 'pass platform', role: 'producer' }],
});

const common = { tag: 'api-keys' } as const;

export const apiKeyRoutes: readonly Route[] = [
  globalRoute({
    ...common,
    method: 'post',
    path: '/v1/api-keys',
    operationId: 'createApiKey',
    summary: 'Create an API key; its text is returned only once',
    body: inputSchema,
    examples: {
      admin: { summary: 'For an operator', value: { name: 'operations', role: 'admin' } },
      tenant: {
        summary: "For a tenant's developer",
        value: { name: 'Acme developer', role: 'tenant', tenantId: EXAMPLE_IDS.tenant },
      },
      producer: { summary: 'For a pass platform, for all tenants', value: { name: 'pass platform', role: 'producer' } },
      support: { summary: 'For support, for all tenants', value: { name: 'support desk', role: 'support' } },
    },
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
    operationId: 'listApiKeys',
    summary: 'List API keys, newest first',
    query: pageQuerySchema.extend({ tenantId: idQuery('tenant', 'Only keys that are bound to this tenant.') }),
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
    operationId: 'getApiKey',
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
    operationId: 'revokeApiKey',
    summary: 'Revoke an API key',
    description: 'Takes effect everywhere within five seconds.',
    id: 'apiKey',
    status: 204,
    async handle(context, { id }) {
      await revokeApiKey(context, id);
      context.keyRing.forget();
    },
  }),
];
