import { z } from 'zod';
import { listDeliveries } from '../../admin/deliveries.ts';
import { DELIVERY_STATES, type DeliveryState } from '../../domain/delivery.ts';
import { cancelDelivery, replayDelivery, retryDelivery } from '../../pipeline/replay.ts';
import { filterOf, storedShape, watchedShape } from '../delivery-filter.ts';
import { deliveryReferenceSchema, deliverySchema, showDelivery } from '../delivery-view.ts';
import { deliveryWithAttemptsSchema, downloadBody, showWithAttempts } from '../delivery-with-attempts.ts';
import { emptyBodySchema } from '../empty-body.ts';
import { includeShape, namedPageSchema, withNames } from '../names.ts';
import { booleanQuery, pageOf, pageQuerySchema, showPage, timeRangeShape } from '../paging.ts';
import { type Route, tenantRoute } from '../route.ts';

const statesQuery = z
  .string()
  .transform((text, context): readonly DeliveryState[] => {
    const states = text.split(',').map((word) => DELIVERY_STATES.find((state) => state === word));
    const known = states.filter((state) => state !== undefined);
    if (known.length === states.length && (known.length === 1 || !known.includes('parked'))) return known;
    const message = `must be one of ${DELIVERY_STATES.join(', ')}, or several of them joined by commas; parked only by itself`;
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  })
  .optional()
  .meta({
    description:
      'Only those in these states, joined by commas: `dead,retrying`. `parked` stands by itself: a page may then be shorter than `limit` although more follow; while Redis does not answer, it lists deliveries that may be parked, with `live: null`.',
    examples: ['dead'],
  });

/** What a stream takes as well. */
export const watchedQuery = z.strictObject({
  state: statesQuery,
  ...watchedShape,
  test: booleanQuery('`true`: only tests; `false`: no tests. Default: both.'),
  ...timeRangeShape,
});

const listQuery = pageQuerySchema.extend({ ...includeShape, ...watchedQuery.shape, ...storedShape });

const replaySchema = z
  .strictObject({
    mode: z
      .enum(['same', 'fresh'])
      .default('same')
      .meta({ description: '`same`: the same bytes and `webhook-id`; `fresh`: rendered anew, as a new delivery.' }),
  })
  .meta({ id: 'ReplayInput', description: 'How a delivery is replayed.', examples: [{ mode: 'fresh' }] });

const common = { tag: 'deliveries' } as const;

export const deliveryRoutes: readonly Route[] = [
  tenantRoute({
    ...common,
    method: 'get',
    path: '/v1/deliveries',
    operationId: 'listDeliveries',
    summary: 'List deliveries, newest first',
    query: listQuery,
    status: 200,
    answer: namedPageSchema(deliverySchema),
    async handle(context, { tenantId, query: { limit, cursor, include, state: states, ...filter } }) {
      const page = await listDeliveries(context, tenantId, filterOf({ ...filter, states }), pageOf({ limit, cursor }));
      return withNames(context, include, showPage(page, showDelivery));
    },
  }),
  tenantRoute({
    ...common,
    method: 'get',
    path: '/v1/deliveries/{id}',
    operationId: 'getDelivery',
    summary: 'Get a delivery with its attempts, the exact request, and why it is in its state',
    description:
      '`explanation.text` says in one paragraph what happened, why, what happens next and what can be done; `actions` what the key may do now.',
    id: 'delivery',
    status: 200,
    answer: deliveryWithAttemptsSchema,
    handle: (context, { tenantId, id, caller }) => showWithAttempts(context, tenantId, id, caller),
  }),
  tenantRoute({
    ...common,
    method: 'get',
    path: '/v1/deliveries/{id}/body',
    operationId: 'getDeliveryBody',
    summary: 'Download the whole body of a delivery',
    description:
      'As it went over the wire, with the content type that it was sent with. 404 when no attempt has built it yet.',
    id: 'delivery',
    status: 200,
    raw: { description: 'The body, byte for byte.', example: '{"pass-id":"customer-1042"}' },
    handle: (context, { tenantId, id }) => downloadBody(context, tenantId, id),
  }),
  tenantRoute({
    ...common,
    method: 'post',
    path: '/v1/deliveries/{id}/retry',
    operationId: 'retryDelivery',
    summary: 'Send a delivery that waits for its retry now',
    description:
      'It counts as an attempt and uses no delay of the schedule: if it fails, the attempt that was planned still takes place at its time. 409, with what would work, when the delivery does not wait for a retry.',
    id: 'delivery',
    body: emptyBodySchema,
    status: 202,
    answer: deliveryReferenceSchema,
    async handle(context, { tenantId, id, caller }) {
      await retryDelivery(context, tenantId, id, caller.id);
      return { deliveryId: id };
    },
  }),
  tenantRoute({
    ...common,
    method: 'post',
    path: '/v1/deliveries/{id}/replay',
    operationId: 'replayDelivery',
    summary: 'Replay a delivery that has ended',
    id: 'delivery',
    body: replaySchema,
    examples: {
      fresh: { summary: 'Rendered anew, as a new delivery', value: { mode: 'fresh' } },
      same: { summary: 'The same bytes again', value: { mode: 'same' } },
    },
    status: 202,
    answer: deliveryReferenceSchema,
    async handle(context, { tenantId, id, body, caller }) {
      return { deliveryId: await replayDelivery(context, tenantId, id, body.mode, caller.id) };
    },
  }),
  tenantRoute({
    ...common,
    method: 'post',
    path: '/v1/deliveries/{id}/cancel',
    operationId: 'cancelDelivery',
    summary: 'Cancel an open delivery',
    description: 'A delivery that is being sent at this moment cannot be cancelled.',
    id: 'delivery',
    body: emptyBodySchema,
    status: 200,
    answer: deliveryWithAttemptsSchema,
    async handle(context, { tenantId, id, caller }) {
      await cancelDelivery(context, tenantId, id, caller.id);
      return showWithAttempts(context, tenantId, id, caller);
    },
  }),
];
