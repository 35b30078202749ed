import { z } from 'zod';
import { listDeliveries } from '../../admin/deliveries.ts';
import { invalid, notFound } from '../../domain/errors.ts';
import { MAX_EVENT_BYTES, MAX_REQUEST_BYTES, MAX_SINGLE_REQUEST_BYTES } from '../../domain/event.ts';
import { type FieldError, isObject } from '../../domain/json.ts';
import type { Checked } from '../../domain/schema.ts';
import { TRIGGERS } from '../../domain/trigger.ts';
import { MAX_REQUEST_DELIVERIES } from '../../pipeline/fan-out.ts';
import { postEvent, postEvents } from '../../pipeline/post-events.ts';
import { filterOf, storedShape } from '../delivery-filter.ts';
import { showDelivery } from '../delivery-view.ts';
import { eventSchema, eventWithDeliveriesSchema, MAX_SHOWN_DELIVERIES, showEvent } from '../event-view.ts';
import { mayNameTenant, withTenant } from '../item-tenants.ts';
import { includeShape, namedPageSchema, withNames } from '../names.ts';
import { booleanQuery, pageOf, pageQuerySchema, passIdQuery, showPage, timeRangeShape } from '../paging.ts';
import {
  acceptedSchema,
  batchAnswerSchema,
  batchSchema,
  documentedEventSchema,
  EVENT_EXAMPLES,
  readBatch,
  showAccepted,
  showResult,
} from '../posted-event-view.ts';
import { HttpProblem } from '../problem.ts';
import { itemsRoute, type Route, tenantRoute } from '../route.ts';
import { tenantRequired } from '../scope.ts';

const listQuery = pageQuerySchema.extend({
  ...includeShape,
  type: z
    .enum(TRIGGERS)
    .optional()
    .meta({ description: 'Only those of this trigger.', examples: ['pass.installed'] }),
  passId: passIdQuery,
  templateId: storedShape.templateId,
  userProvidedId: storedShape.userProvidedId,
  trackingId: storedShape.trackingId,
  producerId: storedShape.producerId,
  test: booleanQuery('`true`: only those of tests; `false`: none of tests. Default: both.'),
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
    description: `At most ${MAX_EVENT_BYTES / 1024} KiB; its request at most ${MAX_SINGLE_REQUEST_BYTES / 1024 / 1024} MiB. Accepted when it is stored; deliveries follow. A repeated \`id\` returns the first result.`,
    body: documentedEventSchema,
    examples: EVENT_EXAMPLES,
    bodyLimitBytes: MAX_SINGLE_REQUEST_BYTES,
    rate: 'events',
    findsTenant: true,
    status: 202,
    answer: acceptedSchema,
    readBody: readObject,
    eventsHaveIds: hasId,
    async handle(context, { tenantId, body }) {
      const result = await postEvent(context, tenantId, body);
      if (result.kind === 'accepted') return showAccepted(result);
      if (result.code === 'too-large') throw tooLarge();
      throw invalid(result.errors, result.code);
    },
  }),
  itemsRoute({
    ...common,
    method: 'post',
    path: '/v1/events/batch',
    operationId: 'postEvents',
    summary: 'Post up to 1,000 events; each has its own result',
    description: `At most 8 MiB. An event may have a \`tenantId\` beside its members: with a key that is bound to no tenant it names the event's tenant; with any other, and where the request names a tenant, it must be that one. The status is 202 also when all events are refused. Beyond ${MAX_REQUEST_DELIVERIES} deliveries of one request further events are refused with \`too-many-deliveries\`, never the first one: send them in another request.`,
    body: batchSchema,
    bodyLimitBytes: MAX_REQUEST_BYTES,
    rate: 'events',
    status: 202,
    answer: batchAnswerSchema,
    readBody: readBatch,
    eventsHaveIds: (body) => isObject(body) && Array.isArray(body.events) && body.events.every(hasId),
    async handle(context, { tenantId, body }) {
      if (tenantId === undefined && !body.events.some(mayNameTenant)) throw tenantRequired();
      const values = body.events.map((event) => withTenant(event, tenantId));
      const results = (await postEvents(context, values, '/events')).map(showResult);
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
    answer: namedPageSchema(eventSchema),
    async handle(context, { tenantId, query: { limit, cursor, include, ...filter } }) {
      const page = await context.events.list(tenantId, filterOf(filter), pageOf({ limit, cursor }));
      return withNames(context, include, showPage(page, showEvent));
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

function hasId(event: unknown): boolean {
  return isObject(event) && typeof event.id === 'string';
}

function tooLarge(): HttpProblem {
  return new HttpProblem('too-large', `The event is larger than ${MAX_EVENT_BYTES} bytes.`);
}

function readObject(value: unknown, _schema: z.ZodType, lossy: readonly FieldError[]): Checked<unknown> {
  if (!isObject(value)) return { ok: false, errors: [{ pointer: '', detail: 'must be an object' }] };
  return lossy.length > 0 ? { ok: false, errors: [...lossy] } : { ok: true, value };
}
