import { z } from 'zod';
import { listDeliveries } from '../../admin/deliveries.ts';
import { checkInput } from '../../domain/check-input.ts';
import { invalid, notFound } from '../../domain/errors.ts';
import { MAX_BATCH_EVENTS, MAX_EVENT_BYTES, MAX_REQUEST_BYTES, postedEventSchema } from '../../domain/event.ts';
import { type FieldError, findUnsupported, isObject } from '../../domain/json.ts';
import { LossyEvent } from '../../domain/read-posted-event.ts';
import type { Checked } from '../../domain/schema.ts';
import { TRIGGER_TEXTS, TRIGGERS, type Trigger } from '../../domain/trigger.ts';
import { type AcceptedResult, type EventResult, REFUSAL_CODES } from '../../pipeline/classify-events.ts';
import { MAX_REQUEST_DELIVERIES } from '../../pipeline/fan-out.ts';
import { postEvent, postEvents } from '../../pipeline/post-events.ts';
import { showDelivery } from '../delivery-view.ts';
import { eventSchema, eventWithDeliveriesSchema, MAX_SHOWN_DELIVERIES, showEvent } from '../event-view.ts';
import { EXAMPLE_IDS } from '../example-ids.ts';
import {
  idAnswer,
  idQuery,
  pageOf,
  pageQuerySchema,
  pageSchema,
  passIdQuery,
  showPage,
  timeRangeShape,
} from '../paging.ts';
import { fieldErrorSchema, HttpProblem } from '../problem.ts';
import { type Route, tenantRoute } from '../route.ts';

// The verbs read events themselves, one by one, with this schema: a bad one must not refuse its whole batch.
const documentedEventSchema: z.ZodType<unknown> = postedEventSchema;
const EVENT_REFERENCE = { $ref: '#/components/schemas/PostedEvent' };

const EVENT_EXAMPLES = Object.fromEntries(
  postedEventSchema.options.map((option) => {
    const { title = '', examples = [] } = option.meta() ?? {};
    return [title, { summary: TRIGGER_TEXTS[title as Trigger].label, value: (examples as object[])[0] ?? {} }];
  }),
);
const BATCH_EXAMPLE = {
  events: ['pass.created', 'pass.installed'].map((trigger, index) => ({
    ...EVENT_EXAMPLES[trigger]?.value,
    id: `batch-example-${index + 1}`,
  })),
};

const batchSchema = z
  .strictObject({
    events: z
      .array(z.unknown().meta({ override: EVENT_REFERENCE }))
      .min(1)
      .max(MAX_BATCH_EVENTS)
      .meta({ description: `1 to ${MAX_BATCH_EVENTS} events.` }),
  })
  .meta({ id: 'EventBatch', description: 'Events to post together.', examples: [BATCH_EXAMPLE] });

const acceptedShape = {
  id: idAnswer('event', 'Our id of the event.'),
  duplicate: z.boolean().meta({ description: 'True: it was accepted before, under this id.' }),
  deliveries: z.int().optional().meta({
    description:
      'How many deliveries it leads to, with those of events derived from it. 0: `getEvent` has the reason. Absent for a duplicate.',
  }),
};
const acceptedSchema = z.strictObject(acceptedShape).meta({
  id: 'AcceptedEvent',
  description: 'An event that is stored and will be delivered.',
  examples: [{ id: EXAMPLE_IDS.event, duplicate: false, deliveries: 1 }],
});
const index = z.int().meta({ description: 'The position in the batch, from 0.' });
const ACCEPTED_EXAMPLE = { index: 0, status: 'accepted', id: EXAMPLE_IDS.event, duplicate: false, deliveries: 1 };
const REFUSED_EXAMPLE = {
  index: 1,
  status: 'refused',
  code: 'invalid-input',
  errors: [{ pointer: '/events/1/occurredAt', detail: 'is required, as text' }],
};
const resultSchema = z
  .discriminatedUnion('status', [
    z
      .strictObject({ index, status: z.literal('accepted').meta({ description: 'It is stored.' }), ...acceptedShape })
      .meta({ id: 'AcceptedResult', description: 'The result for an accepted event.', examples: [ACCEPTED_EXAMPLE] }),
    z
      .strictObject({
        index,
        status: z.literal('refused').meta({ description: 'It is not stored.' }),
        code: z
          .enum(REFUSAL_CODES)
          .meta({ description: 'Why; but for `too-many-deliveries`, the code of the problem if it were posted alone.' }),
        errors: z.array(fieldErrorSchema).meta({ description: 'What to fix, and where.' }),
      })
      .meta({ id: 'RefusedResult', description: 'The result for a refused event.', examples: [REFUSED_EXAMPLE] }),
  ])
  .meta({ id: 'BatchResult', description: 'The result for one event of a batch.', examples: [ACCEPTED_EXAMPLE] });
const batchAnswerSchema = z
  .strictObject({
    accepted: z.int().meta({ description: 'How many were accepted.' }),
    refused: z.int().meta({ description: 'How many were refused.' }),
    results: z.array(resultSchema).meta({ description: 'One for each event, in their order.' }),
  })
  .meta({
    id: 'BatchResults',
    description: 'The results for a batch.',
    examples: [{ accepted: 1, refused: 1, results: [ACCEPTED_EXAMPLE, REFUSED_EXAMPLE] }],
  });

const listQuery = pageQuerySchema.extend({
  type: z
    .enum(TRIGGERS)
    .optional()
    .meta({ description: 'Only those of this trigger.', examples: ['pass.installed'] }),
  passId: passIdQuery,
  templateId: idQuery('template', 'Only those of this template.'),
  producerId: z
    .string()
    .min(1)
    .optional()
    .meta({ description: "Only the one with this id, the producer's own.", examples: ['order-77-created'] }),
  ...timeRangeShape,
});

const common = { tag: 'events' } as const;

export const eventRoutes: readonly Route[] = [
  tenantRoute({
    ...common,
    method: 'post',
    path: '/v1/events',
    operationId: 'postEvent',
    summary: 'Post an event',
    description: `At most ${MAX_EVENT_BYTES / 1024} KiB. Accepted when it is stored; deliveries follow. A repeated \`id\` returns the first result.`,
    body: documentedEventSchema,
    examples: EVENT_EXAMPLES,
    bodyLimitBytes: MAX_REQUEST_BYTES,
    rate: 'events',
    findsTenant: true,
    status: 202,
    answer: acceptedSchema,
    readBody: readObject,
    async handle(context, { tenantId, body }) {
      const result = await postEvent(context, tenantId, body);
      if (result.kind === 'accepted') return showAccepted(result);
      if (result.code === 'too-large') throw tooLarge();
      throw invalid(result.errors, result.code);
    },
  }),
  tenantRoute({
    ...common,
    method: 'post',
    path: '/v1/events/batch',
    operationId: 'postEvents',
    summary: 'Post up to 1,000 events; each has its own result',
    description: `At most 8 MiB. The status is 202 also when all events are refused. Beyond ${MAX_REQUEST_DELIVERIES} deliveries of one request further events are refused with \`too-many-deliveries\`, never the first one: send them in another request.`,
    body: batchSchema,
    bodyLimitBytes: MAX_REQUEST_BYTES,
    rate: 'events',
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
    operationId: 'listEvents',
    summary: 'List events, newest first',
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
    operationId: 'getEvent',
    summary: 'Get an event with its deliveries',
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
  return { index, status: 'accepted', ...showAccepted(result) };
}

function showAccepted({ id, duplicate, deliveries }: AcceptedResult): z.infer<typeof acceptedSchema> {
  return { id, duplicate, ...(deliveries !== undefined && { deliveries }) };
}

function tooLarge(): HttpProblem {
  return new HttpProblem('too-large', `The event is larger than ${MAX_EVENT_BYTES} bytes.`);
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
