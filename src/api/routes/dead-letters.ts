import { z } from 'zod';
import { notFound } from '../../domain/errors.ts';
import { discardDeadLetters, dryRunDiscard } from '../../pipeline/discard-dead-letters.ts';
import { discardDeadLetter, replayDeadLetter } from '../../pipeline/replay.ts';
import { deadLetterSchema, showDeadLetter } from '../dead-letter-view.ts';
import { filterOf, storedShape, watchedShape } from '../delivery-filter.ts';
import { deliveryReferenceSchema } from '../delivery-view.ts';
import { discardDryRunSchema, showDiscardDryRun } from '../dry-run-view.ts';
import { emptyBodySchema } from '../empty-body.ts';
import { EXAMPLE_IDS } from '../example-ids.ts';
import { includeShape, namedPageSchema, withNames } from '../names.ts';
import { booleanQuery, momentSchema, pageOf, pageQuerySchema, showPage, timeRangeShape } from '../paging.ts';
import { type Route, tenantRoute } from '../route.ts';

const listQuery = pageQuerySchema.extend({
  ...includeShape,
  open: booleanQuery('`true`: only open ones; `false`: only replayed and discarded ones. Default: both.'),
  ...watchedShape,
  ...storedShape,
  ...timeRangeShape,
});

const reasonMember = z.string().min(1).max(1000);

const discardSchema = z
  .strictObject({ reason: reasonMember.optional().meta({ description: 'Why, for people.' }) })
  .meta({ id: 'DiscardInput', description: 'Why it is discarded.', examples: [{ reason: 'The customer has the data' }] });

const discardFilterSchema = z
  .strictObject({
    ...watchedShape,
    ...storedShape,
    after: momentSchema.optional().meta({ description: 'Only those written then or later.' }),
    before: momentSchema.optional().meta({ description: 'Only those written before then. Default: now.' }),
  })
  .refine((filter) => Object.values(filter).some((value) => value !== undefined), {
    error: 'must say which, by an endpoint, a pass or a time for example: not everything is discarded at once',
  })
  .meta({
    id: 'DiscardFilter',
    description: 'Which open dead letters.',
    examples: [{ subscriptionId: EXAMPLE_IDS.subscription, before: '2026-01-15T12:00:00Z' }],
  });

const discardAllSchema = z
  .strictObject({
    confirmToken: z.string().min(1).max(100_000).meta({ description: 'That of the dry run.' }),
    reason: reasonMember.meta({ description: 'Why, for people.' }),
  })
  .meta({
    id: 'DiscardAll',
    description: 'Dead letters to discard.',
    examples: [{ confirmToken: 'k1.c2VhbGVk', reason: 'Test traffic of the migration' }],
  });

const discardedSchema = z
  .strictObject({ discarded: z.int().meta({ description: 'How many were discarded.' }) })
  .meta({ id: 'Discarded', description: 'What was discarded.', examples: [{ discarded: 12 }] });

const common = { tag: 'dead-letters' } as const;

export const deadLetterRoutes: readonly Route[] = [
  tenantRoute({
    ...common,
    method: 'post',
    path: '/v1/dead-letters/discard/dry-run',
    operationId: 'previewDiscard',
    summary: 'Count the dead letters that a filter would discard',
    description: 'Discards nothing. The token in the answer discards exactly what was counted, within 15 minutes.',
    body: discardFilterSchema,
    status: 200,
    answer: discardDryRunSchema,
    handle: async (context, { tenantId, body }) =>
      showDiscardDryRun(await dryRunDiscard(context, tenantId, filterOf(body))),
  }),
  tenantRoute({
    ...common,
    method: 'post',
    path: '/v1/dead-letters/discard',
    operationId: 'discardDeadLetters',
    summary: 'Close the dead letters of a dry run without a replay',
    description: '409 when what would be discarded differs from the dry run by more than a twentieth.',
    body: discardAllSchema,
    status: 200,
    answer: discardedSchema,
    async handle(context, { tenantId, body, caller }) {
      return { discarded: await discardDeadLetters(context, tenantId, body, caller.id) };
    },
  }),
  tenantRoute({
    ...common,
    method: 'get',
    path: '/v1/dead-letters',
    operationId: 'listDeadLetters',
    summary: 'List dead letters, newest first',
    query: listQuery,
    status: 200,
    answer: namedPageSchema(deadLetterSchema),
    async handle(context, { tenantId, caller, query: { limit, cursor, include, ...filter } }) {
      const page = await context.deadLetters.list(tenantId, filterOf(filter), pageOf({ limit, cursor }));
      return withNames(
        context,
        include,
        showPage(page, (letter) => showDeadLetter(letter, caller.role)),
      );
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
    body: discardSchema,
    status: 200,
    answer: deadLetterSchema,
    async handle(context, { tenantId, id, body, caller }) {
      await discardDeadLetter(context, tenantId, id, { by: caller.id, reason: body.reason });
      const letter = await context.deadLetters.find(tenantId, id);
      if (!letter) throw notFound('dead letter');
      return showDeadLetter(letter, caller.role);
    },
  }),
];
