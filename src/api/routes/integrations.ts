import { z } from 'zod';
import { blankHeaders, openHeaders } from '../../admin/extra-headers.ts';
import {
  changeIntegration,
  createIntegration,
  deleteIntegration,
  integrationPatchSchema,
  newIntegrationSchema,
} from '../../admin/integrations.ts';
import { rotateSecret, rotationSchema, type ShownSecret } from '../../admin/secrets.ts';
import { notFound } from '../../domain/errors.ts';
import { DIALECT_NAMES, type Integration, type StoredSecret } from '../../domain/integration.ts';
import { policyOverrideSchema } from '../../domain/policy.ts';
import { SECRET_KINDS } from '../../domain/signing.ts';
import type { Page } from '../../pipeline/ports.ts';
import { instantAnswer, pageOf, pageQuerySchema, pageSchema, showInstant } from '../paging.ts';
import { type Context, type Route, tenantRoute } from '../route.ts';

const secretSchema = z.strictObject({
  id: z.string(),
  kind: z.enum(SECRET_KINDS),
  createdAt: instantAnswer,
  expiresAt: instantAnswer.nullable(),
  publicKey: z.string().optional(),
  value: z.string().optional().meta({ description: 'Only in the answer to the request that made it.' }),
});

const integrationSchema = z
  .strictObject({
    id: z.string(),
    tenantId: z.string(),
    name: z.string(),
    dialect: z.enum(DIALECT_NAMES),
    options: z.looseObject({}),
    headers: z.record(z.string(), z.string()).meta({ description: 'Names of the extra headers; values are blanked.' }),
    policy: policyOverrideSchema,
    secrets: z.array(secretSchema),
    createdAt: instantAnswer,
    updatedAt: instantAnswer,
  })
  .meta({ id: 'Integration' });
type ShownIntegration = z.infer<typeof integrationSchema>;

const publicKeysSchema = z.strictObject({
  keys: z.array(secretSchema.omit({ value: true }).required({ publicKey: true })),
});

type AnySecret = StoredSecret & Partial<Pick<ShownSecret, 'value'>>;

function showSecret({ id, kind, publicKey, createdAt, expiresAt, value }: AnySecret): z.infer<typeof secretSchema> {
  const times = { createdAt: createdAt.toISOString(), expiresAt: showInstant(expiresAt) };
  return { id, kind, ...times, ...(publicKey ? { publicKey } : {}), ...(value ? { value } : {}) };
}

function showIntegration(context: Context, integration: Integration, secrets: readonly AnySecret[]): ShownIntegration {
  const { id, tenantId, name, dialect, options, policy, createdAt, updatedAt } = integration;
  const headers = blankHeaders(openHeaders(context.box, integration));
  const times = { createdAt: createdAt.toISOString(), updatedAt: updatedAt.toISOString() };
  return {
    id,
    tenantId,
    name,
    dialect,
    options: { ...options },
    headers,
    policy,
    secrets: secrets.map(showSecret),
    ...times,
  };
}

async function showWithSecrets(context: Context, integration: Integration): Promise<ShownIntegration> {
  return showIntegration(context, integration, await context.integrations.secrets(integration.tenantId, integration.id));
}

async function showIntegrations(context: Context, { data, nextCursor }: Page<Integration>) {
  return {
    data: await Promise.all(data.map((integration) => showWithSecrets(context, integration))),
    nextCursor: nextCursor ?? null,
  };
}

/** Secrets are not repeated to whoever repeats the request. */
function blank(integration: ShownIntegration): ShownIntegration {
  return {
    ...integration,
    secrets: integration.secrets.map((secret) => ('value' in secret ? { ...secret, value: '' } : secret)),
  };
}

const common = { tag: 'integrations', roles: ['admin', 'tenant'] } as const;
const readers = ['admin', 'tenant', 'support'] as const;

export const integrationRoutes: readonly Route[] = [
  tenantRoute({
    ...common,
    method: 'post',
    path: '/v1/integrations',
    summary: 'Make an integration; its secrets are shown this once',
    body: newIntegrationSchema,
    status: 201,
    answer: integrationSchema,
    blank,
    async handle(context, { tenantId, body }) {
      const { integration, secrets } = await createIntegration(context, tenantId, body);
      return showIntegration(context, integration, secrets);
    },
  }),
  tenantRoute({
    ...common,
    method: 'get',
    path: '/v1/integrations',
    summary: 'List integrations',
    roles: readers,
    query: pageQuerySchema,
    status: 200,
    answer: pageSchema(integrationSchema),
    async handle(context, { tenantId, query }) {
      return showIntegrations(context, await context.integrations.list(tenantId, pageOf(query)));
    },
  }),
  tenantRoute({
    ...common,
    method: 'get',
    path: '/v1/integrations/{id}',
    summary: 'Get an integration',
    roles: readers,
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
    method: 'patch',
    path: '/v1/integrations/{id}',
    summary: 'Change top-level members of an integration; a header value of *** stays as it is',
    id: 'integration',
    body: integrationPatchSchema,
    status: 200,
    answer: integrationSchema,
    async handle(context, { tenantId, id, body }) {
      return showWithSecrets(context, await changeIntegration(context, tenantId, id, body));
    },
  }),
  tenantRoute({
    ...common,
    method: 'delete',
    path: '/v1/integrations/{id}',
    summary: 'Delete an integration, its subscriptions with it',
    id: 'integration',
    status: 204,
    handle: (context, { tenantId, id, caller }) => deleteIntegration(context, tenantId, id, caller.id),
  }),
  tenantRoute({
    ...common,
    method: 'post',
    path: '/v1/integrations/{id}/rotate-secret',
    summary: 'Replace a secret; the new one is shown this once',
    id: 'integration',
    body: rotationSchema,
    status: 200,
    answer: integrationSchema,
    blank,
    async handle(context, { tenantId, id, body }) {
      const { integration, secrets } = await rotateSecret(context, tenantId, id, body);
      return showIntegration(context, integration, secrets);
    },
  }),
  tenantRoute({
    ...common,
    method: 'get',
    path: '/v1/integrations/{id}/public-key',
    summary: 'Get the public keys that receivers verify signatures with, newest first',
    roles: readers,
    id: 'integration',
    status: 200,
    answer: publicKeysSchema,
    async handle({ integrations }, { tenantId, id }) {
      if (!(await integrations.find(tenantId, id))) throw notFound('integration');
      const secrets = await integrations.secrets(tenantId, id);
      return {
        keys: secrets.flatMap((secret) =>
          secret.publicKey ? [{ ...showSecret(secret), publicKey: secret.publicKey }] : [],
        ),
      };
    },
  }),
];
