import { z } from 'zod';
import { findEndpoint, listEndpoints } from '../../admin/endpoints.ts';
import { enableEndpoint } from '../../pipeline/endpoint-switches.ts';
import { ENDPOINT_STATES } from '../../ports/endpoints.ts';
import { emptyBodySchema } from '../empty-body.ts';
import { endpointSchema, showEndpoint } from '../endpoint-view.ts';
import { idQuery, pageOf, pageQuerySchema, pageSchema, showPage } from '../paging.ts';
import { type Route, tenantRoute } from '../route.ts';

const common = { tag: 'endpoints' } as const;

const listQuery = pageQuerySchema.extend({
  integrationId: idQuery('integration', 'Only those of this integration.'),
  state: z
    .enum(ENDPOINT_STATES)
    .optional()
    .meta({ description: 'Only those in this state.', examples: ['active'] }),
});

export const endpointRoutes: readonly Route[] = [
  tenantRoute({
    ...common,
    method: 'get',
    path: '/v1/endpoints',
    operationId: 'listEndpoints',
    summary: 'List endpoints with their health and limits, newest first',
    query: listQuery,
    status: 200,
    answer: pageSchema(endpointSchema),
    async handle(context, { tenantId, query: { integrationId, state, ...page } }) {
      return showPage(await listEndpoints(context, tenantId, { integrationId, state }, pageOf(page)), showEndpoint);
    },
  }),
  tenantRoute({
    ...common,
    method: 'get',
    path: '/v1/endpoints/{id}',
    operationId: 'getEndpoint',
    summary: 'Get an endpoint with its health and limits',
    id: 'endpoint',
    status: 200,
    answer: endpointSchema,
    handle: async (context, { tenantId, id }) => showEndpoint(await findEndpoint(context, tenantId, id)),
  }),
  tenantRoute({
    ...common,
    method: 'post',
    path: '/v1/endpoints/{id}/enable',
    operationId: 'enableEndpoint',
    summary: 'Enable an endpoint',
    description:
      'Closes the breaker, enables the subscriptions that were disabled as `gone` or `failing`, and releases their held deliveries.',
    id: 'endpoint',
    body: emptyBodySchema,
    status: 200,
    answer: endpointSchema,
    async handle(context, { tenantId, id }) {
      await enableEndpoint(context, tenantId, id);
      return showEndpoint(await findEndpoint(context, tenantId, id));
    },
  }),
];
