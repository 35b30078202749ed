import { z } from 'zod';
import { AUDIT_ACTIONS } from '../../domain/audit.ts';
import { ID_PREFIXES, type Id, type IdKind, parseId } from '../../domain/id.ts';
import { auditEntrySchema, showAuditEntry } from '../audit-view.ts';
import { EXAMPLE_IDS } from '../example-ids.ts';
import { includeShape, namedPageSchema, withNames } from '../names.ts';
import { idQuery, pageOf, pageQuerySchema, showPage, timeRangeShape } from '../paging.ts';
import { globalRoute, type Route } from '../route.ts';
import { visibleTenant } from '../scope.ts';

const KINDS = Object.keys(ID_PREFIXES) as IdKind[];

const anyId = z.string().transform((text, context): Id<IdKind> => {
  for (const kind of KINDS) {
    const id = parseId(kind, text);
    if (id) return id;
  }
  context.addIssue({ code: 'custom', message: `must be an id as ${EXAMPLE_IDS.subscription}` });
  return z.NEVER;
});

export const auditRoutes: readonly Route[] = [
  globalRoute({
    method: 'get',
    path: '/v1/audit',
    operationId: 'listAudit',
    tag: 'audit',
    summary: 'List who changed what, newest first',
    description:
      'Each entry was written in the transaction of its change. A key that is bound to a tenant sees the entries of its tenant; an admin key sees all, those about tenants and API keys too, unless `tenantId` names a tenant.',
    query: pageQuerySchema.extend({
      ...includeShape,
      tenantId: idQuery('tenant', 'Only those of this tenant.'),
      target: anyId.optional().meta({
        description: 'Only what was done to the object with this id.',
        param: { example: EXAMPLE_IDS.subscription },
      }),
      actor: z
        .string()
        .min(1)
        .max(255)
        .optional()
        .meta({
          description: 'Only what was done by this: the id of an API key or of a person, `configured-admin` or `system`.',
          examples: ['system'],
        }),
      action: z
        .enum(AUDIT_ACTIONS)
        .optional()
        .meta({ description: 'Only these acts.', examples: ['subscription.updated'] }),
      ...timeRangeShape,
    }),
    status: 200,
    answer: namedPageSchema(auditEntrySchema),
    async handle(context, { caller, query: { tenantId, limit, cursor, include, ...filter } }) {
      const page = await context.audit.list(
        { ...filter, tenantId: visibleTenant(caller, tenantId) },
        pageOf({ limit, cursor }),
      );
      return withNames(
        context,
        include,
        showPage(page, (entry) => showAuditEntry(entry, caller.tenantId)),
      );
    },
  }),
];
