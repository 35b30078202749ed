import { z } from 'zod';
import { preview, previewInputSchema } from '../../admin/preview.ts';
import {
  changeSubscription,
  createSubscription,
  deleteSubscription,
  explainSubscriptions,
  subscriptionPatchSchema,
} from '../../admin/subscriptions.ts';
import { checkInput } from '../../domain/check-input.ts';
import { notFound } from '../../domain/errors.ts';
import { type FieldError, findUnsupported, isObject } from '../../domain/json.ts';
import type { Checked } from '../../domain/schema.ts';
import { subscriptionInputSchema } from '../../domain/subscription.ts';
import { sendTest } from '../../pipeline/send-test.ts';
import { idSchema, pageOf, pageQuerySchema, pageSchema } from '../paging.ts';
import { type Route, tenantRoute } from '../route.ts';
import { previewSchema, showPreview, showSubscription, subscriptionSchema } from '../subscription-view.ts';

const common = { tag: 'subscriptions', roles: ['admin', 'tenant'] } as const;
const readers = ['admin', 'tenant', 'support'] as const;

const listQuery = pageQuerySchema.extend({
  integrationId: idSchema('integration').optional(),
  templateId: idSchema('template').optional(),
});

export const subscriptionRoutes: readonly Route[] = [
  tenantRoute({
    ...common,
    method: 'post',
    path: '/v1/subscriptions',
    summary: 'Subscribe a URL to a trigger',
    body: subscriptionInputSchema,
    status: 201,
    answer: subscriptionSchema,
    handle: async (context, { tenantId, body }) => showSubscription(await createSubscription(context, tenantId, body)),
  }),
  tenantRoute({
    ...common,
    method: 'get',
    path: '/v1/subscriptions',
    summary: 'List subscriptions',
    roles: readers,
    query: listQuery,
    status: 200,
    answer: pageSchema(subscriptionSchema),
    async handle(context, { tenantId, query: { integrationId, templateId, ...page } }) {
      const found = await context.subscriptions.list(tenantId, { integrationId, templateId }, pageOf(page));
      const explained = await explainSubscriptions(context, tenantId, found.data);
      return { data: explained.map(showSubscription), nextCursor: found.nextCursor ?? null };
    },
  }),
  tenantRoute({
    ...common,
    method: 'post',
    path: '/v1/subscriptions/preview',
    summary: 'Render a sample, a given or a past event as a subscription would send it; nothing is sent',
    body: previewInputSchema,
    status: 200,
    answer: previewSchema,
    readBody: readPreview,
    handle: async (context, { tenantId, body }) => showPreview(await preview(context, tenantId, body)),
  }),
  tenantRoute({
    ...common,
    method: 'get',
    path: '/v1/subscriptions/{id}',
    summary: 'Get a subscription',
    roles: readers,
    id: 'subscription',
    status: 200,
    answer: subscriptionSchema,
    async handle(context, { tenantId, id }) {
      const subscription = await context.subscriptions.find(tenantId, id);
      const [explained] = subscription ? await explainSubscriptions(context, tenantId, [subscription]) : [];
      if (!explained) throw notFound('subscription');
      return showSubscription(explained);
    },
  }),
  tenantRoute({
    ...common,
    method: 'patch',
    path: '/v1/subscriptions/{id}',
    summary: 'Change top-level members of a subscription; disabling holds deliveries, enabling releases them',
    id: 'subscription',
    body: subscriptionPatchSchema,
    status: 200,
    answer: subscriptionSchema,
    async handle(context, { tenantId, id, body }) {
      return showSubscription(await changeSubscription(context, tenantId, id, body));
    },
  }),
  tenantRoute({
    ...common,
    method: 'delete',
    path: '/v1/subscriptions/{id}',
    summary: 'Delete a subscription; its open deliveries are cancelled',
    id: 'subscription',
    status: 204,
    handle: (context, { tenantId, id, caller }) => deleteSubscription(context, tenantId, id, caller.id),
  }),
  tenantRoute({
    ...common,
    method: 'post',
    path: '/v1/subscriptions/{id}/test',
    summary: 'Send a sample event for real',
    id: 'subscription',
    body: z.strictObject({}),
    status: 202,
    answer: z.strictObject({ deliveryId: z.string() }),
    handle: async (context, { tenantId, id }) => ({ deliveryId: await sendTest(context, tenantId, id) }),
  }),
];

/** Checks all of a preview but its event, which the verb reads as if it were posted. */
function readPreview(
  value: unknown,
  schema: z.ZodType,
  lossy: readonly FieldError[],
): Checked<z.infer<typeof previewInputSchema>> {
  const errors = [...lossy, ...findUnsupported(isObject(value) ? { ...value, event: undefined } : value)];
  return errors.length > 0 ? { ok: false, errors } : checkInput(schema as typeof previewInputSchema, value);
}
