import { notFound } from '../../domain/errors.ts';
import { discardDeadLetter, replayDeadLetter } from '../../pipeline/replay.ts';
import { deadLetterSchema, showDeadLetter } from '../dead-letter-view.ts';
import { deliveryReferenceSchema } from '../delivery-view.ts';
import { emptyBodySchema } from '../empty-body.ts';
import {
  booleanQuery,
  idQuery,
  pageOf,
  pageQuerySchema,
  pageSchema,
  passIdQuery,
  showPage,
  timeRangeShape,
} from '../paging.ts';
import { type Route, tenantRoute } from '../route.ts';

const listQuery = pageQuerySchema.extend({
  open: booleanQuery('`true`: only open ones; `false`: only replayed and discarded ones. Default: both.'),
  subscriptionId: idQuery('subscription', 'Only those of this subscription.'),
  passId: passIdQuery,
  ...timeRangeShape,
});

const common = { tag: 'dead-letters' } as const;

export const deadLetterRoutes: readonly Route[] = [
  tenantRoute({
    ...common,
    method: 'get',
    path: '/v1/dead-letters',
    operationId: 'listDeadLetters',
    summary: 'List dead letters, newest first',
    query: listQuery,
    status: 200,
    answer: pageSchema(deadLetterSchema),
    async handle({ deadLetters }, { tenantId, caller, query: { limit, cursor, ...filter } }) {
      const page = await deadLetters.list(tenantId, filter, pageOf({ limit, cursor }));
      return showPage(page, (letter) => showDeadLetter(letter, caller.role));
    },
  }),
  tenantRoute({
    ...common,
    method: 'get',
    path: '/v1/dead-letters/{id}',
    operationId: 'getDeadLetter',
    summary: 'Get a dead letter',
    id: 'deadLetter',
    status: 200,
    answer: deadLetterSchema,
    async handle({ deadLetters }, { tenantId, id, caller }) {
      const letter = await deadLetters.find(tenantId, id);
      if (!letter) throw notFound('dead letter');
      return showDeadLetter(letter, caller.role);
    },
  }),
  tenantRoute({
    ...common,
    method: 'post',
    path: '/v1/dead-letters/{id}/replay',
    operationId: 'replayDeadLetter',
    summary: 'Deliver a dead letter again, and close it',
    description: 'The same bytes with the same `webhook-id`.',
    id: 'deadLetter',
    body: emptyBodySchema,
    status: 202,
    answer: deliveryReferenceSchema,
    async handle(context, { tenantId, id, caller }) {
      return { deliveryId: await replayDeadLetter(context, tenantId, id, caller.id) };
    },
  }),
  tenantRoute({
    ...common,
    method: 'post',
    path: '/v1/dead-letters/{id}/discard',
    operationId: 'discardDeadLetter',
    summary: 'Close a dead letter without a replay',
    id: 'deadLetter',
    body: emptyBodySchema,
    status: 200,
    answer: deadLetterSchema,
    async handle(context, { tenantId, id, caller }) {
      await discardDeadLetter(context, tenantId, id, caller.id);
      const letter = await context.deadLetters.find(tenantId, id);
      if (!letter) throw notFound('dead letter');
      return showDeadLetter(letter, caller.role);
    },
  }),
];
