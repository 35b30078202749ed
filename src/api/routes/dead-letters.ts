import { z } from 'zod';
import { notFound } from '../../domain/errors.ts';
import { TRIGGERS } from '../../domain/trigger.ts';
import { discardDeadLetter, replayDeadLetter } from '../../pipeline/replay.ts';
import type { DeadLetter } from '../../ports/dead-letters.ts';
import { attemptSchema, showAttempt } from '../delivery-view.ts';
import { showStoredEvent, storedEventSchema } from '../event-view.ts';
import { idSchema, instantAnswer, momentSchema, pageOf, pageQuerySchema, pageSchema, showPage } from '../paging.ts';
import { type Route, tenantRoute } from '../route.ts';

const deadLetterSchema = z
  .strictObject({
    id: z.string(),
    tenantId: z.string(),
    deliveryId: z.string(),
    subscriptionId: z.string(),
    eventId: z.string(),
    trigger: z.enum(TRIGGERS),
    passId: z.string(),
    reason: z.string(),
    event: storedEventSchema.nullable(),
    body: z.string().nullable().meta({ description: 'What was sent; null when it could not be built.' }),
    lastAttempt: attemptSchema,
    createdAt: instantAnswer,
    closed: z.strictObject({ as: z.enum(['replayed', 'discarded']), by: z.string(), at: instantAnswer }).nullable(),
  })
  .meta({ id: 'DeadLetter' });

const listQuery = pageQuerySchema.extend({
  open: z
    .enum(['true', 'false'])
    .transform((text) => text === 'true')
    .optional()
    .meta({ description: '`true`: neither replayed nor discarded.' }),
  subscriptionId: idSchema('subscription').optional(),
  passId: z.string().min(1).optional(),
  after: momentSchema.optional(),
  before: momentSchema.optional(),
});

function showDeadLetter(letter: DeadLetter): z.infer<typeof deadLetterSchema> {
  const { event, body, lastAttempt, createdAt, closed, ...rest } = letter;
  return {
    ...rest,
    event: event ? showStoredEvent(event) : null,
    body: body ?? null,
    lastAttempt: showAttempt(lastAttempt),
    createdAt: createdAt.toISOString(),
    closed: closed ? { ...closed, at: closed.at.toISOString() } : null,
  };
}

const common = { tag: 'dead-letters', roles: ['admin', 'tenant', 'support'] } as const;

export const deadLetterRoutes: readonly Route[] = [
  tenantRoute({
    ...common,
    method: 'get',
    path: '/v1/dead-letters',
    summary: 'List dead letters, newest first',
    query: listQuery,
    status: 200,
    answer: pageSchema(deadLetterSchema),
    async handle({ deadLetters }, { tenantId, query: { limit, cursor, ...filter } }) {
      return showPage(await deadLetters.list(tenantId, filter, pageOf({ limit, cursor })), showDeadLetter);
    },
  }),
  tenantRoute({
    ...common,
    method: 'get',
    path: '/v1/dead-letters/{id}',
    summary: 'Get a dead letter',
    id: 'deadLetter',
    status: 200,
    answer: deadLetterSchema,
    async handle({ deadLetters }, { tenantId, id }) {
      const letter = await deadLetters.find(tenantId, id);
      if (!letter) throw notFound('dead letter');
      return showDeadLetter(letter);
    },
  }),
  tenantRoute({
    ...common,
    method: 'post',
    path: '/v1/dead-letters/{id}/replay',
    summary: 'Deliver a dead letter again, and close it',
    id: 'deadLetter',
    body: z.strictObject({}),
    status: 202,
    answer: z.strictObject({ deliveryId: z.string() }),
    async handle(context, { tenantId, id, caller }) {
      return { deliveryId: await replayDeadLetter(context, tenantId, id, caller.id) };
    },
  }),
  tenantRoute({
    ...common,
    method: 'post',
    path: '/v1/dead-letters/{id}/discard',
    summary: 'Close a dead letter for good',
    id: 'deadLetter',
    body: z.strictObject({}),
    status: 200,
    answer: deadLetterSchema,
    async handle(context, { tenantId, id, caller }) {
      await discardDeadLetter(context, tenantId, id, caller.id);
      const letter = await context.deadLetters.find(tenantId, id);
      if (!letter) throw notFound('dead letter');
      return showDeadLetter(letter);
    },
  }),
];
