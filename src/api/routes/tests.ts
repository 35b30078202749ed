import { z } from 'zod';
import { testEvent, testInputSchema } from '../../admin/test-event.ts';
import { sendTest, testEnds } from '../../pipeline/send-test.ts';
import { deliveryReferenceSchema } from '../delivery-view.ts';
import { deliveryWithAttemptsSchema, showWithAttempts } from '../delivery-with-attempts.ts';
import { EXAMPLE_IDS } from '../example-ids.ts';
import { booleanQuery } from '../paging.ts';
import { EVENT_EXAMPLES } from '../posted-event-view.ts';
import { readWithEvent } from '../read-with-event.ts';
import { OtherAnswer, type Route, tenantRoute } from '../route.ts';

const PAST = { eventId: EXAMPLE_IDS.event };

const testBodySchema = testInputSchema.meta({
  id: 'TestInput',
  description: 'The event to send: a past one, one of your own, or, when the body is empty or left out, a sample.',
  examples: [{}],
});

export const testRoutes: readonly Route[] = [
  tenantRoute({
    tag: 'subscriptions',
    method: 'post',
    path: '/v1/subscriptions/{id}/test',
    operationId: 'testSubscription',
    summary: 'Send a sample, a past or a given event to the endpoint',
    description:
      'One attempt at once, whether the subscription is enabled or not and whatever the state of its endpoint, marked with the header `x-webhook-test: true`: without effect on health, breaker, limits, disabling, dead letters, statistics or operational events. A past or given event is sent as a copy, whatever the filter of the subscription says.',
    id: 'subscription',
    query: z.strictObject({
      wait: booleanQuery('`true`: answers when the test has ended, with 200 and the delivery; after 30 seconds with 202.'),
    }),
    body: testBodySchema,
    readBody: readWithEvent(testInputSchema),
    examples: {
      sample: { summary: 'A sample event', value: {} },
      past: { summary: 'A past event', value: PAST },
      event: { summary: 'An event of your own', value: { event: EVENT_EXAMPLES['pass.installed']?.value ?? {} } },
    },
    status: 202,
    answer: deliveryReferenceSchema,
    other: { status: 200, answer: deliveryWithAttemptsSchema, description: 'With `wait`: the test has ended.' },
    async handle(context, { tenantId, id, query, body, caller }) {
      const event = await testEvent(context, tenantId, id, body);
      const { deliveryId } = await sendTest(context, tenantId, id, event);
      const hasEnded = query.wait === true && (await testEnds(context, tenantId, deliveryId));
      return hasEnded ? new OtherAnswer(await showWithAttempts(context, tenantId, deliveryId, caller)) : { deliveryId };
    },
  }),
];
