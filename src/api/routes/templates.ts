import { z } from 'zod';
import { describeTemplate, descriptionQuerySchema } from '../../admin/describe-template.ts';
import { changeTemplate, createTemplate, deleteTemplate, templatePatchSchema } from '../../admin/templates.ts';
import { notFound } from '../../domain/errors.ts';
import { type Template, templateInputSchema } from '../../domain/template.ts';
import { instantAnswer, pageOf, pageQuerySchema, pageSchema, showPage } from '../paging.ts';
import { type Route, tenantRoute } from '../route.ts';

const templateSchema = templateInputSchema
  .extend({
    id: z.string(),
    tenantId: z.string(),
    externalId: z.string().nullable(),
    createdAt: instantAnswer,
    updatedAt: instantAnswer,
  })
  .meta({ id: 'Template' });

const descriptionSchema = z
  .strictObject({
    fields: z.array(
      z.strictObject({
        name: z.string().meta({ description: 'As a mapping names it.' }),
        path: z.string(),
        type: z.enum(['string', 'number', 'boolean', 'null', 'object', 'array']),
        sample: z.json(),
        open: z.boolean().meta({ description: 'Its members are named by the tenant or the producer.' }),
      }),
    ),
  })
  .meta({ id: 'Description' });

function showTemplate(template: Template): z.infer<typeof templateSchema> {
  const { id, tenantId, name, externalId = null, passType, fields, personalised, vendor, createdAt, updatedAt } = template;
  const times = { createdAt: createdAt.toISOString(), updatedAt: updatedAt.toISOString() };
  return { id, tenantId, name, externalId, passType, fields, personalised, vendor, ...times };
}

const common = { tag: 'templates', roles: ['admin', 'tenant'] } as const;
const readers = ['admin', 'tenant', 'support'] as const;

export const templateRoutes: readonly Route[] = [
  tenantRoute({
    ...common,
    method: 'post',
    path: '/v1/templates',
    summary: 'Make a pass template',
    body: templateInputSchema,
    status: 201,
    answer: templateSchema,
    handle: async (context, { tenantId, body }) => showTemplate(await createTemplate(context, tenantId, body)),
  }),
  tenantRoute({
    ...common,
    method: 'get',
    path: '/v1/templates',
    summary: 'List pass templates',
    roles: readers,
    query: pageQuerySchema,
    status: 200,
    answer: pageSchema(templateSchema),
    async handle({ templates }, { tenantId, query }) {
      return showPage(await templates.list(tenantId, pageOf(query)), showTemplate);
    },
  }),
  tenantRoute({
    ...common,
    method: 'get',
    path: '/v1/templates/{id}',
    summary: 'Get a pass template',
    roles: readers,
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
    method: 'patch',
    path: '/v1/templates/{id}',
    summary: 'Change top-level members of a pass template',
    id: 'template',
    body: templatePatchSchema,
    status: 200,
    answer: templateSchema,
    async handle(context, { tenantId, id, body }) {
      return showTemplate(await changeTemplate(context, tenantId, id, body));
    },
  }),
  tenantRoute({
    ...common,
    method: 'delete',
    path: '/v1/templates/{id}',
    summary: 'Delete a pass template, its subscriptions with it',
    id: 'template',
    status: 204,
    handle: (context, { tenantId, id, caller }) => deleteTemplate(context, tenantId, id, caller.id),
  }),
  tenantRoute({
    ...common,
    method: 'get',
    path: '/v1/templates/{id}/describe',
    summary: "Describe every field of a dialect's payload for a template and a trigger",
    roles: readers,
    id: 'template',
    query: descriptionQuerySchema,
    status: 200,
    answer: descriptionSchema,
    async handle(context, { tenantId, id, query }) {
      return { fields: [...(await describeTemplate(context, tenantId, id, query))] };
    },
  }),
];
