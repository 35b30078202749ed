import {
  describeDraft,
  describeTemplate,
  descriptionQuerySchema,
  draftDescriptionSchema,
} from '../../admin/describe-template.ts';
import { inferInputSchema, inferTemplate } from '../../admin/infer-template.ts';
import { changeTemplate, createTemplate, deleteTemplate, templatePatchSchema } from '../../admin/templates.ts';
import { notFound } from '../../domain/errors.ts';
import { templateInputSchema } from '../../domain/template.ts';
import { nameShape, pageOf, pageQuerySchema, pageSchema, showPage } from '../paging.ts';
import { globalRoute, type Route, tenantRoute } from '../route.ts';
import {
  inferredTemplateSchema,
  showInferred,
  showTemplate,
  templateDescriptionSchema,
  templateSchema,
} from '../template-view.ts';

const TEMPLATE = {
  name: 'Loyalty card',
  externalId: 'loyalty-2026',
  passType: 'storeCard',
  fields: [
    { key: 'first_name', label: 'First name', sample: 'Ann' },
    { key: 'points', label: 'Points', type: 'number', sample: 120 },
  ],
  vendor: { vibes: { campaignToken: 'spring-26' } },
};

const inputSchema = templateInputSchema.meta({
  id: 'TemplateInput',
  description: 'A pass template to create.',
  examples: [TEMPLATE],
});

const patchSchema = templatePatchSchema.meta({
  id: 'TemplatePatch',
  description: 'Members to change; others stay. Null restores the default.',
  examples: [{ name: 'Loyalty card 2026' }],
});

const DRAFT_DESCRIPTION = { integration: { dialect: 'walletthat' }, template: TEMPLATE, trigger: 'pass.installed' };
const draftDescription = draftDescriptionSchema.meta({
  id: 'DescribeInput',
  description: 'A body to describe: its integration and template need not be saved.',
  examples: [DRAFT_DESCRIPTION],
});

const SAMPLES = {
  event: {
    summary: 'An event',
    value: {
      sample: {
        type: 'pass.created',
        templateId: 'loyalty-2026',
        occurredAt: '2026-01-15T12:00:00Z',
        pass: { id: '7Hq2vXk0', type: 'storeCard', fields: { first_name: 'Ann', points: 120 } },
      },
    },
  },
  apple: {
    summary: 'The pass.json of an Apple pass',
    value: { sample: { storeCard: { primaryFields: [{ key: 'points', label: 'Points', value: 120 }] } } },
  },
};
const inferInput = inferInputSchema.meta({
  id: 'InferInput',
  description: 'A sample to read the fields of a template from.',
  examples: [SAMPLES.event.value],
});

const common = { tag: 'templates' } as const;

export const templateRoutes: readonly Route[] = [
  tenantRoute({
    ...common,
    versioned: true,
    method: 'post',
    path: '/v1/templates',
    operationId: 'createTemplate',
    summary: 'Create a pass template',
    body: inputSchema,
    examples: {
      full: { summary: 'With fields and a vendor’s own id', value: TEMPLATE },
      minimal: { summary: 'The least', value: { name: 'Gift card' } },
    },
    status: 201,
    answer: templateSchema,
    handle: async (context, { tenantId, body }) => showTemplate(await createTemplate(context, tenantId, body)),
  }),
  globalRoute({
    ...common,
    method: 'post',
    path: '/v1/templates/infer',
    operationId: 'inferTemplate',
    summary: 'Draft the fields of a template from a sample event or pass',
    description: 'Types follow from the values, which become the samples. Stores nothing.',
    body: inferInput,
    examples: SAMPLES,
    status: 200,
    answer: inferredTemplateSchema,
    handle: async (_context, { body }) => showInferred(inferTemplate(body.sample)),
  }),
  tenantRoute({
    ...common,
    method: 'get',
    path: '/v1/templates',
    operationId: 'listTemplates',
    summary: 'List pass templates, newest first',
    query: pageQuerySchema.extend(nameShape),
    status: 200,
    answer: pageSchema(templateSchema),
    async handle({ templates }, { tenantId, query }) {
      return showPage(await templates.list(tenantId, query, pageOf(query)), showTemplate);
    },
  }),
  tenantRoute({
    ...common,
    versioned: true,
    method: 'get',
    path: '/v1/templates/{id}',
    operationId: 'getTemplate',
    summary: 'Get a pass template',
    id: 'template',
    status: 200,
    answer: templateSchema,
    async handle({ templates }, { tenantId, id }) {
      const template = await templates.find(tenantId, id);
      if (!template) throw notFound('template');
      return showTemplate(template);
    },
  }),
  tenantRoute({
    ...common,
    versioned: true,
    method: 'patch',
    path: '/v1/templates/{id}',
    operationId: 'updateTemplate',
    summary: 'Update a pass template',
    description:
      'Merges one level deep: members of `personalised` and `vendor` replace those of the same name, `fields` is replaced whole, null restores the default. 409 when a subscription could no longer be built.',
    id: 'template',
    body: patchSchema,
    examples: {
      rename: { summary: 'Another name', value: { name: 'Loyalty card 2026' } },
      fields: {
        summary: 'Other fields; the list is replaced as a whole',
        value: { fields: [...TEMPLATE.fields, { key: 'tier', label: 'Tier', sample: 'gold' }] },
      },
    },
    status: 200,
    answer: templateSchema,
    async handle(context, { tenantId, id, body, expected }) {
      return showTemplate(await changeTemplate(context, tenantId, id, body, expected));
    },
  }),
  tenantRoute({
    ...common,
    versioned: true,
    method: 'delete',
    path: '/v1/templates/{id}',
    operationId: 'deleteTemplate',
    summary: 'Delete a pass template and its subscriptions',
    description: 'Open deliveries of the subscriptions are cancelled; the log is kept.',
    id: 'template',
    status: 204,
    handle: (context, { tenantId, id, caller, expected }) => deleteTemplate(context, tenantId, id, caller.id, expected),
  }),
  tenantRoute({
    ...common,
    method: 'post',
    path: '/v1/templates/describe',
    operationId: 'describeDraft',
    summary: 'Describe every field of a body, of what need not be saved',
    description:
      'As `describeTemplate`, but integration and template are named by their ids or sent as they would be saved. Stores nothing.',
    body: draftDescription,
    examples: { draft: { summary: 'Before anything is saved', value: DRAFT_DESCRIPTION } },
    status: 200,
    answer: templateDescriptionSchema,
    handle: async (context, { tenantId, body }) => ({ fields: [...(await describeDraft(context, tenantId, body))] }),
  }),
  tenantRoute({
    ...common,
    method: 'get',
    path: '/v1/templates/{id}/describe',
    operationId: 'describeTemplate',
    summary: "Describe every field of a dialect's body for a template and a trigger",
    description: 'Names the fields as a mapping does, with path, type and sample.',
    id: 'template',
    query: descriptionQuerySchema,
    status: 200,
    answer: templateDescriptionSchema,
    async handle(context, { tenantId, id, query }) {
      return { fields: [...(await describeTemplate(context, tenantId, id, query))] };
    },
  }),
];
