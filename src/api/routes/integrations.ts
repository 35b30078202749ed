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
  showIntegration,
  showIntegrations,
  showSecret,
  showWithSecrets,
} from '../integration-view.ts';
import { pageOf, pageQuerySchema, pageSchema } from '../paging.ts';
import { type Route, tenantRoute } from '../route.ts';

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
    blank: blankSecrets,
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
