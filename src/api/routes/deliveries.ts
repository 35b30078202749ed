import { z } from 'zod';
import { findDelivery, listDeliveries } from '../../admin/deliveries.ts';
import { DELIVERY_STATES } from '../../domain/delivery.ts';
import { notFound } from '../../domain/errors.ts';
import type { DeliveryId, TenantId } from '../../domain/id.ts';
import { TRIGGERS } from '../../domain/trigger.ts';
import { cancelDelivery, replayDelivery } from '../../pipeline/replay.ts';
import { attemptSchema, deliverySchema, requestSchema, showAttempt, showDelivery } from '../delivery-view.ts';
import { idSchema, momentSchema, pageOf, pageQuerySchema, pageSchema, showPage } from '../paging.ts';
import { type Context, type Route, tenantRoute } from '../route.ts';

const listQuery = pageQuerySchema.extend({
  state: z.enum(DELIVERY_STATES).optional().meta({
    description:
      'With `parked`, pages may be shorter than `limit` although more follow; it needs to ask what waits at this moment, and is answered with 503 when that cannot be known.',
  }),
  subscriptionId: idSchema('subscription').optional(),
  endpointId: idSchema('endpoint').optional(),
  eventId: idSchema('event').optional(),
  passId: z.string().min(1).optional(),
  trigger: z.enum(TRIGGERS).optional(),
  test: z
    .enum(['true', 'false'])
    .transform((text) => text === 'true')
    .optional()
    .meta({ description: '`true`: only tests; `false`: no tests. Default: both.' }),
  after: momentSchema.optional(),
  before: momentSchema.optional(),
});

const deliveryWithAttemptsSchema = deliverySchema
  .extend({
    attempts: z.array(attemptSchema),
    request: requestSchema.extend({ body: z.string() }).nullable().meta({
      description: 'The last request, byte for byte; values of credentials are blanked. Null before the first attempt.',
    }),
  })
  .meta({ id: 'DeliveryWithAttempts' });
type DeliveryWithAttempts = z.infer<typeof deliveryWithAttemptsSchema>;

const replaySchema = z.strictObject({
  mode: z
    .enum(['same', 'fresh'])
    .default('same')
    .meta({ description: '`same`: the same bytes and `webhook-id`; `fresh`: rendered anew, as a new delivery.' }),
});

const common = { tag: 'deliveries', roles: ['admin', 'tenant', 'support'] } as const;

export const deliveryRoutes: readonly Route[] = [
  tenantRoute({
    ...common,
    method: 'get',
    path: '/v1/deliveries',
    summary: 'List deliveries, newest first',
    query: listQuery,
    status: 200,
    answer: pageSchema(deliverySchema),
    async handle(context, { tenantId, query: { limit, cursor, state, ...filter } }) {
      const page = pageOf({ limit, cursor });
      return showPage(await listDeliveries(context, tenantId, { ...filter, state }, page), showDelivery);
    },
  }),
  tenantRoute({
    ...common,
    method: 'get',
    path: '/v1/deliveries/{id}',
    summary: 'Get a delivery with its attempts and the exact request',
    id: 'delivery',
    status: 200,
    answer: deliveryWithAttemptsSchema,
    handle: (context, { tenantId, id }) => showWithAttempts(context, tenantId, id),
  }),
  tenantRoute({
    ...common,
    method: 'post',
    path: '/v1/deliveries/{id}/replay',
    summary: 'Deliver again what ended',
    id: 'delivery',
    body: replaySchema,
    status: 202,
    answer: z.strictObject({ deliveryId: z.string() }),
    async handle(context, { tenantId, id, body, caller }) {
      return { deliveryId: await replayDelivery(context, tenantId, id, body.mode, caller.id) };
    },
  }),
  tenantRoute({
    ...common,
    method: 'post',
    path: '/v1/deliveries/{id}/cancel',
    summary: 'Cancel an open delivery',
    id: 'delivery',
    body: z.strictObject({}),
    status: 200,
    answer: deliveryWithAttemptsSchema,
    async handle(context, { tenantId, id, caller }) {
      await cancelDelivery(context, tenantId, id, caller.id);
      return showWithAttempts(context, tenantId, id);
    },
  }),
];

async function showWithAttempts(context: Context, tenantId: TenantId, id: DeliveryId): Promise<DeliveryWithAttempts> {
  const { deliveries } = context;
  const [delivery, attempts, body] = await Promise.all([
    findDelivery(context, tenantId, id),
    deliveries.attempts(tenantId, id),
    deliveries.body(tenantId, id),
  ]);
  if (!delivery) throw notFound('delivery');
  const shown = attempts.map(showAttempt);
  const sent = shown.findLast(({ request }) => request !== null)?.request;
  return { ...showDelivery(delivery), attempts: shown, request: sent && body !== undefined ? { ...sent, body } : null };
}
