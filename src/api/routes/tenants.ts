import { z } from 'zod';
import { createTenant, deleteTenant, renameTenant, tenantInputSchema } from '../../admin/tenants.ts';
import { notFound } from '../../domain/errors.ts';
import type { Tenant } from '../../ports/configuration.ts';
import { instantAnswer, pageOf, pageQuerySchema, pageSchema, showPage } from '../paging.ts';
import { globalRoute, type Route } from '../route.ts';

const tenantSchema = z
  .strictObject({ id: z.string(), name: z.string(), createdAt: instantAnswer, updatedAt: instantAnswer })
  .meta({ id: 'Tenant' });

function showTenant({ id, name, createdAt, updatedAt }: Tenant): z.infer<typeof tenantSchema> {
  return { id, name, createdAt: createdAt.toISOString(), updatedAt: updatedAt.toISOString() };
}

const common = { tag: 'tenants', roles: ['admin'] } as const;

export const tenantRoutes: readonly Route[] = [
  globalRoute({
    ...common,
    method: 'post',
    path: '/v1/tenants',
    summary: 'Make a tenant',
    body: tenantInputSchema,
    status: 201,
    answer: tenantSchema,
    handle: async (context, { body }) => showTenant(await createTenant(context, body)),
  }),
  globalRoute({
    ...common,
    method: 'get',
    path: '/v1/tenants',
    summary: 'List tenants',
    query: pageQuerySchema,
    status: 200,
    answer: pageSchema(tenantSchema),
    handle: async ({ tenants }, { query }) => showPage(await tenants.list(pageOf(query)), showTenant),
  }),
  globalRoute({
    ...common,
    method: 'get',
    path: '/v1/tenants/{id}',
    summary: 'Get a tenant',
    id: 'tenant',
    status: 200,
    answer: tenantSchema,
    async handle({ tenants }, { id }) {
      const tenant = await tenants.find(id);
      if (!tenant) throw notFound('tenant');
      return showTenant(tenant);
    },
  }),
  globalRoute({
    ...common,
    method: 'patch',
    path: '/v1/tenants/{id}',
    summary: 'Rename a tenant',
    id: 'tenant',
    body: tenantInputSchema,
    status: 200,
    answer: tenantSchema,
    handle: async (context, { id, body }) => showTenant(await renameTenant(context, id, body)),
  }),
  globalRoute({
    ...common,
    method: 'delete',
    path: '/v1/tenants/{id}',
    summary: 'Delete a tenant: its keys stop working, its open deliveries are cancelled',
    id: 'tenant',
    status: 204,
    async handle(context, { id, caller }) {
      await deleteTenant(context, id, caller.id);
      context.keyRing.forget();
    },
  }),
];
