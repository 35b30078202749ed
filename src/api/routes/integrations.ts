import {
  changeIntegration,
  createIntegration,
  deleteIntegration,
  integrationPatchSchema,
  newIntegrationSchema,
} from '../../admin/integrations.ts';
import { rotateSecret, rotationSchema } from '../../admin/secrets.ts';
import { notFound } from '../../domain/errors.ts';
import {
  blankSecrets,
  integrationSchema,
  publicKeysSchema,
  rotatedSchema,
  showIntegration,
  showIntegrations,
  showPublicKey,
  showWithSecrets,
} from '../integration-view.ts';
import { nameShape, pageOf, pageQuerySchema, pageSchema } from '../paging.ts';
import { type Route, tenantRoute } from '../route.ts';

const INPUT_EXAMPLES = {
  walletthat: { summary: 'WalletThat', value: { name: 'CRM', dialect: 'walletthat' } },
  'walletthat-postback': {
    summary: 'WalletThat postback',
    value: { name: 'Messaging', dialect: 'walletthat-postback', options: { exact200: true } },
  },
  vibes: { summary: 'Vibes', value: { name: 'Campaigns', dialect: 'vibes', options: { companyKey: 'acme' } } },
  passcreator: {
    summary: 'Passcreator',
    value: { name: 'ERP', dialect: 'passcreator', options: { emptyGenericProperties: 'array' } },
  },
  passentry: {
    summary: 'PassEntry, with the secret that the receiver has',
    value: { name: 'Gates', dialect: 'passentry', secrets: { passentry: '3f9a2c7d5e8b1a4c' } },
  },
  standard: {
    summary: 'Standard Webhooks, with ed25519, extra headers and limits',
    value: {
      name: 'Data warehouse',
      dialect: 'standard',
      asymmetric: true,
      headers: { authorization: 'Basic dXNlcjpwYXNz' },
      policy: { timeoutMs: 5000, retryDelaysMs: [10_000, 60_000] },
      limits: { maxInFlight: 20, ratePerSecond: 50 },
    },
  },
};

const inputSchema = newIntegrationSchema.meta({
  id: 'IntegrationInput',
  description: 'An integration to create: one schema for each dialect.',
  examples: [INPUT_EXAMPLES.vibes.value],
});

const patchSchema = integrationPatchSchema.meta({
  id: 'IntegrationPatch',
  description: 'Members to change; others stay. Null restores the default. The dialect cannot change.',
  examples: [{ limits: { maxInFlight: 20 } }],
});

const rotationInputSchema = rotationSchema.meta({
  id: 'SecretRotation',
  description: 'The secret to replace.',
  examples: [{ kind: 'webhook', overlapHours: 48 }],
});

const common = { tag: 'integrations' } as const;

export const integrationRoutes: readonly Route[] = [
  tenantRoute({
    ...common,
    versioned: true,
    method: 'post',
    path: '/v1/integrations',
    operationId: 'createIntegration',
    summary: 'Create an integration; its secrets are returned only once',
    body: inputSchema,
    examples: INPUT_EXAMPLES,
    status: 201,
    answer: integrationSchema,
    blank: blankSecrets,
    async handle(context, { tenantId, body }) {
      const { integration, secrets } = await createIntegration(context, tenantId, body);
      return showIntegration(context, integration, secrets);
    },
  }),
  tenantRoute({
    ...common,
    method: 'get',
    path: '/v1/integrations',
    operationId: 'listIntegrations',
    summary: 'List integrations, newest first',
    query: pageQuerySchema.extend(nameShape),
    status: 200,
    answer: pageSchema(integrationSchema),
    async handle(context, { tenantId, query }) {
      return showIntegrations(context, await context.integrations.list(tenantId, query, pageOf(query)));
    },
  }),
  tenantRoute({
    ...common,
    versioned: true,
    method: 'get',
    path: '/v1/integrations/{id}',
    operationId: 'getIntegration',
    summary: 'Get an integration',
    id: 'integration',
    status: 200,
    answer: integrationSchema,
    async handle(context, { tenantId, id }) {
      const integration = await context.integrations.find(tenantId, id);
      if (!integration) throw notFound('integration');
      return showWithSecrets(context, integration);
    },
  }),
  tenantRoute({
    ...common,
    versioned: true,
    method: 'patch',
    path: '/v1/integrations/{id}',
    operationId: 'updateIntegration',
    summary: 'Update an integration',
    description:
      'Merges one level deep: members of `options`, `policy` and `limits` replace those of the same name, `headers` is replaced whole, null restores the default. A header with the value `***` keeps its value.',
    id: 'integration',
    body: patchSchema,
    examples: {
      limits: { summary: 'Other limits', value: { limits: { maxInFlight: 20 } } },
      headers: { summary: 'Another header', value: { headers: { 'x-source': 'passwire' } } },
    },
    status: 200,
    answer: integrationSchema,
    async handle(context, { tenantId, id, body, expected }) {
      return showWithSecrets(context, await changeIntegration(context, tenantId, id, body, expected));
    },
  }),
  tenantRoute({
    ...common,
    versioned: true,
    method: 'delete',
    path: '/v1/integrations/{id}',
    operationId: 'deleteIntegration',
    summary: 'Delete an integration and its subscriptions',
    description: 'Open deliveries of the subscriptions are cancelled; the log is kept.',
    id: 'integration',
    status: 204,
    handle: (context, { tenantId, id, caller, expected }) => deleteIntegration(context, tenantId, id, caller.id, expected),
  }),
  tenantRoute({
    ...common,
    versioned: true,
    method: 'post',
    path: '/v1/integrations/{id}/rotate-secret',
    operationId: 'rotateIntegrationSecret',
    summary: 'Replace a secret; the new one is returned only once',
    description:
      "Webhook secrets overlap: both sign for `overlapHours`. A vendor's own secret is replaced at once. Creates the secret where the integration has none of the kind.",
    id: 'integration',
    body: rotationInputSchema,
    examples: {
      overlap: { summary: 'Both secrets sign for two days', value: { kind: 'webhook', overlapHours: 48 } },
      ed25519: { summary: 'The first ed25519 key pair', value: { kind: 'webhook-ed25519' } },
    },
    status: 200,
    answer: rotatedSchema,
    blank: blankSecrets,
    async handle(context, { tenantId, id, body, expected }) {
      const { integration, secrets, openDeliveries } = await rotateSecret(context, tenantId, id, body, expected);
      return { ...showIntegration(context, integration, secrets), openDeliveries };
    },
  }),
  tenantRoute({
    ...common,
    method: 'get',
    path: '/v1/integrations/{id}/public-keys',
    operationId: 'getIntegrationPublicKeys',
    summary: 'Get the public keys that receivers verify signatures with',
    id: 'integration',
    status: 200,
    answer: publicKeysSchema,
    async handle({ integrations }, { tenantId, id }) {
      if (!(await integrations.find(tenantId, id))) throw notFound('integration');
      return { keys: (await integrations.publicKeys(tenantId, id)).flatMap(showPublicKey) };
    },
  }),
];
