import { z } from 'zod';
import { listDeliveries } from '../../admin/deliveries.ts';
import { checkInput } from '../../domain/check-input.ts';
import { invalid, notFound } from '../../domain/errors.ts';
import { MAX_BATCH_EVENTS, MAX_EVENT_BYTES, MAX_REQUEST_BYTES, postedEventSchema } from '../../domain/event.ts';
import { type FieldError, findUnsupported, isObject } from '../../domain/json.ts';
import { LossyEvent } from '../../domain/read-posted-event.ts';
import type { Checked } from '../../domain/schema.ts';
import { TRIGGERS } from '../../domain/trigger.ts';
import { type EventResult, REFUSAL_CODES } from '../../pipeline/classify-events.ts';
import { postEvent, postEvents } from '../../pipeline/post-events.ts';
import { deliverySchema, showDelivery } from '../delivery-view.ts';
import { eventSchema, showEvent } from '../event-view.ts';
import { idSchema, momentSchema, pageOf, pageQuerySchema, pageSchema, showPage } from '../paging.ts';
import { HttpProblem } from '../problem.ts';
import { type Route, tenantRoute } from '../route.ts';

// the verb reads events itself, one by one, with this very schema: a bad one must not refuse its whole batch
const documentedEventSchema: z.ZodType<unknown> = postedEventSchema.meta({ id: 'Event' });

const batchSchema = z.strictObject({
  events: z
    .array(z.unknown().meta({ override: { $ref: '#/components/schemas/Event' } }))
    .min(1)
    .max(MAX_BATCH_EVENTS),
});

const acceptedSchema = z.strictObject({
  id: z.string(),
  duplicate: z.boolean().meta({ description: 'It was accepted before, under this id.' }),
});
const fieldErrorsSchema = z.array(z.strictObject({ pointer: z.string(), detail: z.string() }));
const resultSchema = z.discriminatedUnion('status', [
  acceptedSchema.extend({ index: z.int(), status: z.literal('accepted') }),
  z.strictObject({
    index: z.int(),
    status: z.literal('refused'),
    code: z.enum(REFUSAL_CODES),
    errors: fieldErrorsSchema,
  }),
]);
const batchAnswerSchema = z.strictObject({ accepted: z.int(), refused: z.int(), results: z.array(resultSchema) });

const listQuery = pageQuerySchema.extend({
  type: z.enum(TRIGGERS).optional(),
  passId: z.string().min(1).optional(),
  templateId: idSchema('template').optional(),
  producerId: z.string().min(1).optional().meta({ description: "The producer's own id of the event." }),
  after: momentSchema.optional(),
  before: momentSchema.optional(),
});

const MAX_SHOWN_DELIVERIES = 100;
const eventWithDeliveriesSchema = eventSchema
  .extend({
    deliveries: z.array(deliverySchema).meta({ description: `At most ${MAX_SHOWN_DELIVERIES}; list deliveries for all.` }),
  })
  .meta({ id: 'EventWithDeliveries' });

const common = { tag: 'events', roles: ['admin', 'tenant', 'producer'] } as const;
const readers = ['admin', 'tenant', 'support'] as const;

export const eventRoutes: readonly Route[] = [
  tenantRoute({
    ...common,
    method: 'post',
    path: '/v1/events',
    summary: 'Post an event',
    body: documentedEventSchema,
    bodyLimitBytes: MAX_REQUEST_BYTES,
    findsTenant: true,
    status: 202,
    answer: acceptedSchema,
    readBody: readObject,
    async handle(context, { tenantId, body }) {
      const result = await postEvent(context, tenantId, body);
      if (result.kind === 'accepted') return { id: result.id, duplicate: result.duplicate };
      if (result.code === 'too-large') throw tooLarge();
      throw invalid(result.errors, result.code);
    },
  }),
  tenantRoute({
    ...common,
    method: 'post',
    path: '/v1/events/batch',
    summary: 'Post up to 1,000 events; each has its own result',
    body: batchSchema,
    bodyLimitBytes: MAX_REQUEST_BYTES,
    status: 202,
    answer: batchAnswerSchema,
    readBody: readBatch,
    async handle(context, { tenantId, body }) {
      const results = (await postEvents(context, tenantId, body.events, '/events')).map(showResult);
      const accepted = results.filter(({ status }) => status === 'accepted').length;
      return { accepted, refused: results.length - accepted, results };
    },
  }),
  tenantRoute({
    ...common,
    method: 'get',
    path: '/v1/events',
    summary: 'List events, newest first',
    roles: readers,
    query: listQuery,
    status: 200,
    answer: pageSchema(eventSchema),
    async handle({ events }, { tenantId, query: { limit, cursor, ...filter } }) {
      return showPage(await events.list(tenantId, filter, pageOf({ limit, cursor })), showEvent);
    },
  }),
  tenantRoute({
    ...common,
    method: 'get',
    path: '/v1/events/{id}',
    summary: 'Get an event with its deliveries',
    roles: readers,
    id: 'event',
    status: 200,
    answer: eventWithDeliveriesSchema,
    async handle(context, { tenantId, id }) {
      const event = await context.events.find(tenantId, id);
      if (!event) throw notFound('event');
      const page = { limit: MAX_SHOWN_DELIVERIES, cursor: undefined };
      const { data } = await listDeliveries(context, tenantId, { eventId: id }, page);
      return { ...showEvent(event), deliveries: data.map(showDelivery) };
    },
  }),
];

function showResult(result: EventResult, index: number): z.infer<typeof resultSchema> {
  if (result.kind === 'refused') return { index, status: 'refused', code: result.code, errors: [...result.errors] };
  return { index, status: 'accepted', id: result.id, duplicate: result.duplicate };
}

function tooLarge(): HttpProblem {
  return new HttpProblem(413, 'too-large', `The event is larger than ${MAX_EVENT_BYTES} bytes.`);
}

function readObject(value: unknown, _schema: z.ZodType, lossy: readonly FieldError[]): Checked<unknown> {
  if (!isObject(value)) return { ok: false, errors: [{ pointer: '', detail: 'must be an object' }] };
  return lossy.length > 0 ? { ok: false, errors: [...lossy] } : { ok: true, value };
}

/** Checks all of a batch but its events. Of an event that parsing lost something of, only the errors are left. */
function readBatch(value: unknown, schema: z.ZodType, lossy: readonly FieldError[]): Checked<z.infer<typeof batchSchema>> {
  const ofEvents = new Map<number, FieldError[]>();
  const ofOthers: FieldError[] = [];
  for (const error of lossy) {
    const [, index] = /^\/events\/(\d+)(?:\/|$)/.exec(error.pointer) ?? [];
    if (index === undefined) ofOthers.push(error);
    else ofEvents.set(Number(index), [...(ofEvents.get(Number(index)) ?? []), error]);
  }
  const errors = [...ofOthers, ...findUnsupported(isObject(value) ? { ...value, events: [] } : value)];
  if (errors.length > 0) return { ok: false, errors };
  const checked = checkInput(schema as typeof batchSchema, value);
  if (!checked.ok) return checked;
  for (const [index, found] of ofEvents) checked.value.events[index] = new LossyEvent(found);
  return checked;
}
