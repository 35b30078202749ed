import { changeTenant, createTenant, deleteTenant, tenantInputSchema, tenantPatchSchema } from '../../admin/tenants.ts';
import { notFound } from '../../domain/errors.ts';
import { nameShape, pageOf, pageQuerySchema, pageSchema, showPage } from '../paging.ts';
import { globalRoute, type Route } from '../route.ts';
import { showTenant, tenantSchema } from '../tenant-view.ts';

const inputSchema = tenantInputSchema.meta({
  id: 'TenantInput',
  description: 'A tenant to create.',
  examples: [{ name: 'Acme Coffee' }],
});

const patchSchema = tenantPatchSchema.meta({
  id: 'TenantPatch',
  description: 'Members to change; others stay.',
  examples: [{ name: 'Acme Tea', retention: { bodyDays: 30 } }],
});

const common = { tag: 'tenants' } as const;

export const tenantRoutes: readonly Route[] = [
  globalRoute({
    ...common,
    versioned: true,
    method: 'post',
    path: '/v1/tenants',
    operationId: 'createTenant',
    summary: 'Create a tenant',
    body: inputSchema,
    status: 201,
    answer: tenantSchema,
    handle: async (context, { body }) => showTenant(await createTenant(context, body)),
  }),
  globalRoute({
    ...common,
    method: 'get',
    path: '/v1/tenants',
    operationId: 'listTenants',
    summary: 'List tenants, newest first',
    description: 'With a support key that is bound to a tenant: only that one.',
    query: pageQuerySchema.extend(nameShape),
    status: 200,
    answer: pageSchema(tenantSchema),
    handle: async ({ tenants }, { query, caller }) =>
      showPage(await tenants.list({ id: caller.tenantId, q: query.q }, pageOf(query)), showTenant),
  }),
  globalRoute({
    ...common,
    versioned: true,
    method: 'get',
    path: '/v1/tenants/{id}',
    operationId: 'getTenant',
    summary: 'Get a tenant',
    id: 'tenant',
    status: 200,
    answer: tenantSchema,
    async handle({ tenants }, { id, caller }) {
      const isVisible = caller.tenantId === undefined || caller.tenantId === id;
      const tenant = isVisible ? await tenants.find(id) : undefined;
      if (!tenant) throw notFound('tenant');
      return showTenant(tenant);
    },
  }),
  globalRoute({
    ...common,
    versioned: true,
    method: 'patch',
    path: '/v1/tenants/{id}',
    operationId: 'updateTenant',
    summary: 'Change a tenant',
    id: 'tenant',
    body: patchSchema,
    status: 200,
    answer: tenantSchema,
    handle: async (context, { id, body, expected }) => showTenant(await changeTenant(context, id, body, expected)),
  }),
  globalRoute({
    ...common,
    versioned: true,
    method: 'delete',
    path: '/v1/tenants/{id}',
    operationId: 'deleteTenant',
    summary: 'Delete a tenant',
    description: 'Its keys and links to the portal are revoked and its open deliveries are cancelled; the log is kept.',
    id: 'tenant',
    status: 204,
    async handle(context, { id, caller, expected }) {
      await deleteTenant(context, id, caller.id, expected);
      context.keyRing.forget();
      context.portalRing.forget();
    },
  }),
];
