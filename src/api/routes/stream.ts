import { notFound } from '../../domain/errors.ts';
import { idQuery } from '../paging.ts';
import { type Context, globalRoute, type Route, StreamAnswer } from '../route.ts';
import { tenantInScope, tenantRequired } from '../scope.ts';
import { streamMessageSchema } from '../stream/messages.ts';
import { topicsQuery, type Wanted } from '../stream/topics.ts';
import { watchedQuery } from './deliveries.ts';

const streamQuery = watchedQuery.extend({
  topics: topicsQuery,
  tenantId: idQuery(
    'tenant',
    'Only what belongs to this tenant. Implied by a key that is bound to one; default for others: all, where no topic names a replay.',
  ),
});

export const streamRoutes: readonly Route[] = [
  globalRoute({
    method: 'get',
    path: '/v1/stream',
    operationId: 'watchChanges',
    tag: 'stream',
    summary: 'Watch changes as they happen',
    description: [
      'Server-sent events: each message has `event`, `data` (JSON) and mostly `id`, and is one of the objects below. After `ready`, every change is sent; a heartbeat comes every ten seconds.',
      'The parameters of a list of deliveries say which deliveries the topic `deliveries` is about. A change of one that `state` or `status` does not find is sent with `matches: false`, since a list may show it.',
      'Twenty changes a second are sent at most, those that match first; `skipped` counts the others. With the last `id` as `Last-Event-ID`, what was missed is sent first, or `reset` when that is not known any more. A client that does not read is disconnected.',
    ].join('\n\n'),
    query: streamQuery,
    streams: true,
    status: 200,
    answer: streamMessageSchema,
    async handle(context, { caller, query: { topics, tenantId: named, state: states, ...rest }, lastEventId }) {
      const isNarrowed = caller.tenantId !== undefined || named !== undefined;
      const tenantId = isNarrowed ? await tenantInScope(context.tenants, caller, [named], true) : undefined;
      const wanted = { caller, tenantId, topics, filter: { ...rest, states }, lastEventId };
      await requireTopics(context, wanted);
      context.streams.admit(wanted);
      return new StreamAnswer((response) => context.streams.begin(wanted, response));
    },
  }),
];

/** @throws Problem not_found for an object that the tenant does not have; invalid for a replay without a tenant */
async function requireTopics({ deliveries, replays }: Context, { tenantId, topics }: Wanted): Promise<void> {
  if (tenantId === undefined) {
    if (topics.replayIds.length > 0) throw tenantRequired();
    return;
  }
  for (const id of topics.deliveryIds) if (!(await deliveries.find(tenantId, id))) throw notFound('delivery');
  for (const id of topics.replayIds) if (!(await replays.find(tenantId, id))) throw notFound('replay');
}
