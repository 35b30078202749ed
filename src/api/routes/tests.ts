import { z } from 'zod';
import { sendTest, testEnds } from '../../pipeline/send-test.ts';
import { deliveryReferenceSchema, deliveryWithAttemptsSchema } from '../delivery-view.ts';
import { emptyBodySchema } from '../empty-body.ts';
import { booleanQuery } from '../paging.ts';
import { OtherAnswer, type Route, tenantRoute } from '../route.ts';
import { showWithAttempts } from '../show-with-attempts.ts';

export const testRoutes: readonly Route[] = [
  tenantRoute({
    tag: 'subscriptions',
    method: 'post',
    path: '/v1/subscriptions/{id}/test',
    operationId: 'testSubscription',
    summary: 'Send a sample event to the endpoint',
    description:
      'One attempt at once, whether the subscription is enabled or not and whatever the state of its endpoint, marked with the header `x-webhook-test: true`: without effect on health, breaker, limits, disabling, dead letters, statistics or operational events.',
    id: 'subscription',
    query: z.strictObject({
      wait: booleanQuery('`true`: answers when the test has ended, with 200 and the delivery; after 30 seconds with 202.'),
    }),
    body: emptyBodySchema,
    status: 202,
    answer: deliveryReferenceSchema,
    other: { status: 200, answer: deliveryWithAttemptsSchema, description: 'With `wait`: the test has ended.' },
    async handle(context, { tenantId, id, query, caller }) {
      const { deliveryId } = await sendTest(context, tenantId, id);
      const hasEnded = query.wait === true && (await testEnds(context, tenantId, deliveryId));
      return hasEnded ? new OtherAnswer(await showWithAttempts(context, tenantId, deliveryId, caller)) : { deliveryId };
    },
  }),
];
