import { z } from 'zod';
import { preview, previewInputSchema } from '../../admin/preview.ts';
import {
  changeSubscription,
  createSubscription,
  deleteSubscription,
  type ExplainedSubscription,
  explainSubscriptions,
  subscriptionPatchSchema,
} from '../../admin/subscriptions.ts';
import { notFound } from '../../domain/errors.ts';
import { mappingSchema } from '../../domain/mapping.ts';
import { DISABLED_REASONS, subscriptionInputSchema } from '../../domain/subscription.ts';
import { TRIGGERS } from '../../domain/trigger.ts';
import { idSchema, instantAnswer, pageOf, pageQuerySchema, pageSchema } from '../paging.ts';
import { type Context, type Route, tenantRoute } from '../route.ts';

const warningsSchema = z.array(z.strictObject({ pointer: z.string(), detail: z.string() }));

const subscriptionSchema = z
  .strictObject({
    id: z.string(),
    tenantId: z.string(),
    integrationId: z.string(),
    endpointId: z.string(),
    templateId: z.string().nullable(),
    trigger: z.enum(TRIGGERS),
    event: z.string().meta({ description: 'What the vendor calls the trigger.' }),
    url: z.string(),
    mapping: mappingSchema,
    options: z.looseObject({}),
    knownFields: z.array(z.string()).nullable().meta({ description: 'Fields of the template that are on. Null: all.' }),
    state: z.enum(['enabled', 'disabled']),
    disabledReason: z.enum(DISABLED_REASONS).nullable(),
    warnings: warningsSchema,
    createdAt: instantAnswer,
    updatedAt: instantAnswer,
  })
  .meta({ id: 'Subscription' });

const previewSchema = z
  .strictObject({
    method: z.enum(['POST', 'PUT']),
    url: z.string(),
    headers: z.record(z.string(), z.string()),
    contentType: z.string(),
    body: z.string(),
    warnings: warningsSchema,
  })
  .meta({ id: 'Preview' });

function showSubscription({ subscription, event, warnings }: ExplainedSubscription): z.infer<typeof subscriptionSchema> {
  const { disabled, options, knownFields, createdAt, updatedAt, ...rest } = subscription;
  return {
    ...rest,
    event,
    options: { ...options },
    knownFields: knownFields && [...knownFields],
    state: disabled ? 'disabled' : 'enabled',
    disabledReason: disabled ?? null,
    warnings: [...warnings],
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  };
}

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
    handle: (context, { tenantId, body }) => showPreview(context, tenantId, body),
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
    handle: async ({ actions }, { tenantId, id }) => ({ deliveryId: await actions.sendTest(tenantId, id) }),
  }),
];

async function showPreview(context: Context, ...[tenantId, input]: DropFirst<Parameters<typeof preview>>) {
  const { method, url, headers, body, warnings } = await preview(context, tenantId, input);
  const contentType = headers['content-type'] ?? '';
  return { method, url, headers: { ...headers }, contentType, body, warnings: [...warnings] };
}

type DropFirst<T extends readonly unknown[]> = T extends readonly [unknown, ...infer Rest] ? Rest : never;
