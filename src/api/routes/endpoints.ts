import { z } from 'zod';
import { readEndpointBoard } from '../../admin/endpoint-board.ts';
import { findEndpoint, listEndpoints } from '../../admin/endpoints.ts';
import { enableEndpoint, pauseEndpoint } from '../../pipeline/endpoint-switches.ts';
import { ENDPOINT_STATES } from '../../ports/endpoints.ts';
import { emptyBodySchema } from '../empty-body.ts';
import { boardSchema, showBoard } from '../endpoint-board-view.ts';
import { endpointSchema, showEndpoint } from '../endpoint-view.ts';
import { includeShape, namedPageSchema, namesIn, withNames } from '../names.ts';
import { idQuery, pageOf, pageQuerySchema, showPage } from '../paging.ts';
import { globalRoute, type Route, tenantRoute } from '../route.ts';
import { visibleTenant } from '../scope.ts';

const common = { tag: 'endpoints' } as const;
const MAX_BOARD = 200;

const listQuery = pageQuerySchema.extend({
  ...includeShape,
  integrationId: idQuery('integration', 'Only those of this integration.'),
  state: z
    .enum(ENDPOINT_STATES)
    .optional()
    .meta({ description: 'Only those in this state.', examples: ['active'] }),
});

const boardQuery = z.strictObject({
  ...includeShape,
  tenantId: idQuery('tenant', 'Only of this tenant. Default: all that the key sees.'),
  host: z
    .string()
    .min(1)
    .max(253)
    .toLowerCase()
    .optional()
    .meta({ description: 'Only those whose host contains this.', examples: ['example.com'] }),
  limit: z.coerce
    .number({ error: `must be a whole number from 1 to ${MAX_BOARD}` })
    .int()
    .min(1)
    .max(MAX_BOARD)
    .default(100)
    .meta({ description: 'The most endpoints.', examples: [50] }),
});

const pauseSchema = z
  .strictObject({ reason: z.string().min(1).max(1000).meta({ description: 'Why, for people.' }) })
  .meta({ id: 'EndpointDisable', description: 'Why it is disabled.', examples: [{ reason: 'The receiver asked for it' }] });

export const endpointRoutes: readonly Route[] = [
  globalRoute({
    ...common,
    method: 'get',
    path: '/v1/endpoints/board',
    operationId: 'getEndpointBoard',
    summary: 'List the endpoints that need attention first',
    description:
      'Those that are disabled or failing, then those that are throttled or have deliveries waiting. A key that is bound to no tenant sees those of all.',
    query: boardQuery,
    status: 200,
    answer: boardSchema,
    async handle(context, { caller, query: { tenantId, host, limit, include } }) {
      const query = { tenantId: visibleTenant(caller, tenantId), host, limit };
      const board = showBoard(await readEndpointBoard(context, query));
      return include === undefined ? board : { ...board, names: await namesIn(context, board.endpoints) };
    },
  }),
  tenantRoute({
    ...common,
    method: 'get',
    path: '/v1/endpoints',
    operationId: 'listEndpoints',
    summary: 'List endpoints with their health and limits, newest first',
    query: listQuery,
    status: 200,
    answer: namedPageSchema(endpointSchema),
    async handle(context, { tenantId, query: { integrationId, state, include, ...page } }) {
      const found = await listEndpoints(context, tenantId, { integrationId, state }, pageOf(page));
      return withNames(context, include, showPage(found, showEndpoint));
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
    path: '/v1/endpoints/{id}/disable',
    operationId: 'disableEndpoint',
    summary: 'Disable an endpoint',
    description:
      'Disables its enabled subscriptions as `paused` and holds their deliveries, until the endpoint is enabled. Attempts in flight end.',
    id: 'endpoint',
    body: pauseSchema,
    status: 200,
    answer: endpointSchema,
    async handle(context, { tenantId, id, body, caller }) {
      await pauseEndpoint(context, tenantId, id, { by: caller.id, reason: body.reason });
      return showEndpoint(await findEndpoint(context, tenantId, id));
    },
  }),
  tenantRoute({
    ...common,
    method: 'post',
    path: '/v1/endpoints/{id}/enable',
    operationId: 'enableEndpoint',
    summary: 'Enable an endpoint',
    description:
      'Closes the breaker, enables the subscriptions that were disabled as `gone`, `failing` or `paused`, and releases their held deliveries.',
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
