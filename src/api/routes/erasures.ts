import { z } from 'zod';
import { dryRunErasure, requireErasure, startErasure, subjectHashes } from '../../pipeline/erasures.ts';
import { erasureDryRunSchema, erasureSchema, showErasure, showErasureDryRun } from '../erasure-view.ts';
import { pageOf, pageQuerySchema, pageSchema, showPage } from '../paging.ts';
import { type Route, tenantRoute } from '../route.ts';

const MAX_ID_LENGTH = 1024;

const id = (description: string) => z.string().min(1).max(MAX_ID_LENGTH).optional().meta({ description });
const subjectShape = {
  passId: id("The pass system's id of the pass, `pass.id` of its events."),
  userProvidedId: id("The tenant's own id, `pass.userProvidedId` of the events: all passes that have had it."),
};

const subjectSchema = z.strictObject(subjectShape).meta({
  id: 'ErasureSubject',
  description: 'Whose data: one of the two ids.',
  examples: [{ passId: '7Hq2vXk0' }],
});

const createSchema = z
  .strictObject({
    ...subjectShape,
    confirmToken: z
      .string()
      .min(1)
      .max(10_000)
      .optional()
      .meta({ description: 'That of a dry run with the same id. Without it, the erasure starts all the same.' }),
  })
  .meta({
    id: 'ErasureStart',
    description: 'An erasure to start: one of the two ids.',
    examples: [{ passId: '7Hq2vXk0', confirmToken: 'k1.c2VhbGVk' }],
  });

const common = { tag: 'erasures' } as const;

export const erasureRoutes: readonly Route[] = [
  tenantRoute({
    ...common,
    method: 'post',
    path: '/v1/erasures/dry-run',
    operationId: 'previewErasure',
    summary: 'Count what an erasure would find',
    description: 'Changes nothing.',
    body: subjectSchema,
    status: 200,
    answer: erasureDryRunSchema,
    handle: async (context, { tenantId, body }) => showErasureDryRun(await dryRunErasure(context, tenantId, body)),
  }),
  tenantRoute({
    ...common,
    method: 'post',
    path: '/v1/erasures',
    operationId: 'createErasure',
    summary: 'Erase what is stored about a pass',
    description:
      'Cannot be undone. Facts of events, bodies, answers, dead letters, installations and stored answers are erased in the background; open deliveries are cancelled. Rows stay, with a keyed hash instead of the id of the pass. What is accepted later is not part of it.',
    body: createSchema,
    status: 202,
    answer: erasureSchema,
    handle: async (context, { tenantId, body, caller }) =>
      showErasure(await startErasure(context, tenantId, body, caller.id)),
  }),
  tenantRoute({
    ...common,
    method: 'get',
    path: '/v1/erasures',
    operationId: 'listErasures',
    summary: 'List erasures, newest first',
    query: pageQuerySchema.extend({
      passId: id('Only those that were requested by this id of a pass.').meta({ examples: ['7Hq2vXk0'] }),
      userProvidedId: id("Only those that were requested by this id of the tenant's own.").meta({
        examples: ['customer-1042'],
      }),
    }),
    status: 200,
    answer: pageSchema(erasureSchema),
    async handle({ erasures, box }, { tenantId, query: { passId, userProvidedId, ...page } }) {
      const hashes = subjectHashes(box, tenantId, { passId, userProvidedId });
      return showPage(await erasures.list(tenantId, hashes, pageOf(page)), showErasure);
    },
  }),
  tenantRoute({
    ...common,
    method: 'get',
    path: '/v1/erasures/{id}',
    operationId: 'getErasure',
    summary: 'Get an erasure with what was erased',
    id: 'erasure',
    status: 200,
    answer: erasureSchema,
    handle: async (context, { tenantId, id: erasureId }) => showErasure(await requireErasure(context, tenantId, erasureId)),
  }),
];
