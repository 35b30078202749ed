import { z } from 'zod';
import { findEndpoint, listEndpoints } from '../../admin/endpoints.ts';
import { enableEndpoint } from '../../pipeline/endpoint-switches.ts';
import { ENDPOINT_STATES } from '../../ports/endpoints.ts';
import { endpointSchema, showEndpoint } from '../endpoint-view.ts';
import { idSchema, pageOf, pageQuerySchema, pageSchema, showPage } from '../paging.ts';
import { type Route, tenantRoute } from '../route.ts';

const common = { tag: 'endpoints', roles: ['admin', 'tenant', 'support'] } as const;

const listQuery = pageQuerySchema.extend({
  integrationId: idSchema('integration').optional(),
  state: z.enum(ENDPOINT_STATES).optional(),
});

export const endpointRoutes: readonly Route[] = [
  tenantRoute({
    ...common,
    method: 'get',
    path: '/v1/endpoints',
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
    summary:
      'Close the breaker, enable the subscriptions that were disabled because of the endpoint, release what was held',
    id: 'endpoint',
    body: z.strictObject({}),
    status: 200,
    answer: endpointSchema,
    async handle(context, { tenantId, id }) {
      await enableEndpoint(context, tenantId, id);
      return showEndpoint(await findEndpoint(context, tenantId, id));
    },
  }),
];
