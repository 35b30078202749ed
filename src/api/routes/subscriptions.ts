import { explainSubscriptions } from '../../admin/explain-subscriptions.ts';
import { preview, previewInputSchema } from '../../admin/preview.ts';
import {
  changeSubscription,
  createSubscriptions,
  deleteSubscription,
  newSubscriptionSchema,
  subscriptionPatchSchema,
} from '../../admin/subscriptions.ts';
import { notFound } from '../../domain/errors.ts';
import { EXAMPLE_IDS } from '../example-ids.ts';
import { includeShape, namedPageSchema, withNames } from '../names.ts';
import { idQuery, pageOf, pageQuerySchema, showPage } from '../paging.ts';
import { maySign } from '../permissions.ts';
import { readWithEvent } from '../read-with-event.ts';
import { type Route, tenantRoute } from '../route.ts';
import {
  createdSchema,
  previewSchema,
  showCreated,
  showPreview,
  showSubscription,
  subscriptionSchema,
} from '../subscription-view.ts';

const NAMES = { integrationId: EXAMPLE_IDS.integration, templateId: EXAMPLE_IDS.template };
const URL = 'https://hooks.example.com/wallet';

const INPUT_EXAMPLES = {
  mapped: {
    summary: 'With a renamed and a removed field',
    value: {
      ...NAMES,
      trigger: 'pass.installed',
      url: URL,
      mapping: { rename: { first_name: 'firstName' }, remove: ['barcode-value'] },
    },
  },
  ordered: {
    summary: 'All templates, in order for each pass, with options',
    value: {
      integrationId: EXAMPLE_IDS.integration,
      trigger: 'pass.updated',
      url: URL,
      options: { changedOnly: false },
      ordering: 'pass',
    },
  },
  several: {
    summary: 'Several triggers',
    value: { ...NAMES, triggers: ['pass.installed', 'pass.uninstalled'], url: `${URL}/several` },
  },
  disabled: {
    summary: 'Disabled at first',
    value: { ...NAMES, trigger: 'pass.uninstalled', url: URL, enabled: false },
  },
};

const PREVIEW_EXAMPLES = {
  sample: {
    summary: 'A sample event',
    value: { ...NAMES, trigger: 'pass.installed', mapping: { rename: { first_name: 'firstName' } } },
  },
  event: {
    summary: 'An event of your own',
    value: {
      ...NAMES,
      trigger: 'pass.created',
      event: {
        type: 'pass.created',
        templateId: 'loyalty-2026',
        occurredAt: '2026-01-15T12:00:00Z',
        pass: { id: '7Hq2vXk0', fields: { first_name: 'Ann' } },
      },
    },
  },
  past: {
    summary: 'A past event',
    value: { ...NAMES, trigger: 'pass.installed', eventId: EXAMPLE_IDS.event },
  },
  draft: {
    summary: 'Before integration and template are saved, with a count of what a filter keeps',
    value: {
      integration: { dialect: 'walletthat' },
      template: { name: 'Loyalty card', fields: [{ key: 'points', type: 'number', sample: 120 }] },
      trigger: 'pass.installed',
      filter: { path: '/pass/fields/points', gte: 100 },
      matchRecent: 100,
    },
  },
};

const inputSchema = newSubscriptionSchema.meta({
  id: 'SubscriptionInput',
  description: 'A subscription to create.',
  examples: [INPUT_EXAMPLES.mapped.value],
});

const patchSchema = subscriptionPatchSchema.meta({
  id: 'SubscriptionPatch',
  description:
    'Members to change; others stay. Null restores the default. Integration, template and trigger cannot change.',
  examples: [{ enabled: false }],
});

const previewBodySchema = previewInputSchema.meta({
  id: 'PreviewInput',
  description: 'A subscription that need not exist, nor its integration and template, and optionally the event to render.',
  examples: [PREVIEW_EXAMPLES.sample.value],
});

const common = { tag: 'subscriptions' } as const;

const listQuery = pageQuerySchema.extend({
  ...includeShape,
  integrationId: idQuery('integration', 'Only those of this integration.'),
  templateId: idQuery('template', 'Only those to this template.'),
});

export const subscriptionRoutes: readonly Route[] = [
  tenantRoute({
    ...common,
    versioned: true,
    method: 'post',
    path: '/v1/subscriptions',
    operationId: 'createSubscription',
    summary: 'Subscribe a URL to a trigger, or to several',
    description:
      'The URL must resolve to public addresses. A URL that does not resolve yet is accepted with a warning. With `triggers`, a subscription is made for each of them or for none, and the answer lists them. 409 when the endpoint is subscribed already.',
    body: inputSchema,
    examples: INPUT_EXAMPLES,
    status: 201,
    answer: createdSchema,
    async handle(context, { tenantId, body, caller }) {
      const created = await createSubscriptions(context, tenantId, body, caller.id);
      return showCreated(created, body.triggers !== undefined);
    },
  }),
  tenantRoute({
    ...common,
    method: 'get',
    path: '/v1/subscriptions',
    operationId: 'listSubscriptions',
    summary: 'List subscriptions, newest first',
    query: listQuery,
    status: 200,
    answer: namedPageSchema(subscriptionSchema),
    async handle(context, { tenantId, query: { integrationId, templateId, include, ...page } }) {
      const found = await context.subscriptions.list(tenantId, { integrationId, templateId }, pageOf(page));
      const explained = await explainSubscriptions(context, tenantId, found.data);
      const shown = showPage({ data: explained, nextCursor: found.nextCursor }, showSubscription);
      return withNames(context, include, shown);
    },
  }),
  tenantRoute({
    ...common,
    method: 'post',
    path: '/v1/subscriptions/preview',
    operationId: 'previewSubscription',
    summary: 'Render an event as a subscription would send it',
    description:
      'Renders a sample, a given or a past event; stores and sends nothing. Integration and template are named by their ids or sent as they would be saved. A support key gets `***` for signatures; so does everybody while the integration is not saved, since its secrets are made with it.',
    body: previewBodySchema,
    examples: PREVIEW_EXAMPLES,
    status: 200,
    answer: previewSchema,
    readBody: readWithEvent(previewInputSchema),
    async handle(context, { tenantId, body, caller }) {
      return showPreview(await preview(context, tenantId, body, maySign(caller.role)));
    },
  }),
  tenantRoute({
    ...common,
    versioned: true,
    method: 'get',
    path: '/v1/subscriptions/{id}',
    operationId: 'getSubscription',
    summary: 'Get a subscription',
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
    versioned: true,
    method: 'patch',
    path: '/v1/subscriptions/{id}',
    operationId: 'updateSubscription',
    summary: 'Update a subscription',
    description:
      'Merges one level deep: members of `mapping` and `options` replace those of the same name, `rename`, `remove` and `knownFields` are replaced whole, null restores the default. Disabling holds its deliveries, enabling releases them.',
    id: 'subscription',
    body: patchSchema,
    examples: {
      disable: { summary: 'Hold its deliveries', value: { enabled: false } },
      enable: { summary: 'Release its held deliveries', value: { enabled: true } },
      fields: { summary: 'Only one field of the template', value: { knownFields: ['first_name'] } },
    },
    status: 200,
    answer: subscriptionSchema,
    async handle(context, { tenantId, id, body, expected, caller }) {
      return showSubscription(await changeSubscription(context, tenantId, id, body, expected, caller.id));
    },
  }),
  tenantRoute({
    ...common,
    versioned: true,
    method: 'delete',
    path: '/v1/subscriptions/{id}',
    operationId: 'deleteSubscription',
    summary: 'Delete a subscription',
    description: 'Its open deliveries are cancelled; the log is kept.',
    id: 'subscription',
    status: 204,
    handle: (context, { tenantId, id, caller, expected }) =>
      deleteSubscription(context, tenantId, id, caller.id, { expected }),
  }),
];
