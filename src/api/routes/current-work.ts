import { z } from 'zod';
import { listAttention } from '../../admin/attention.ts';
import { whereKnown } from '../../admin/live.ts';
import { attentionSchema, showAttention } from '../attention-view.ts';
import { currentWorkSchema, showCurrentWork } from '../current-work-view.ts';
import { idQuery } from '../paging.ts';
import { globalRoute, type Route } from '../route.ts';
import { visibleTenant } from '../scope.ts';

const MAX_ITEMS = 100;

const tenantId = idQuery('tenant', 'Only of this tenant. Default: all that the key sees.');
const common = { tag: 'stats', method: 'get', status: 200 } as const;

export const currentWorkRoutes: readonly Route[] = [
  globalRoute({
    ...common,
    path: '/v1/stats/now',
    operationId: 'getCurrentWork',
    summary: 'Count what is open now',
    query: z.strictObject({ tenantId }),
    answer: currentWorkSchema,
    async handle({ currentWork, queue }, { caller, query }) {
      const tenant = visibleTenant(caller, query.tenantId);
      const [work, parked] = await Promise.all([
        currentWork.read(tenant),
        tenant === undefined ? whereKnown(() => queue.waiting()) : undefined,
      ]);
      return showCurrentWork(work, parked);
    },
  }),
  globalRoute({
    ...common,
    path: '/v1/attention',
    operationId: 'listAttention',
    summary: 'List what needs attention',
    description:
      'Endpoints that are disabled or failing, disabled subscriptions of endpoints that are not, secrets whose overlap ends within 24 hours, and subscriptions to deprecated triggers.',
    query: z.strictObject({
      tenantId,
      limit: z.coerce
        .number({ error: `must be a whole number from 1 to ${MAX_ITEMS}` })
        .int()
        .min(1)
        .max(MAX_ITEMS)
        .default(20)
        .meta({ description: 'The most of each kind.', examples: [20] }),
    }),
    answer: attentionSchema,
    async handle(context, { caller, query }) {
      return showAttention(await listAttention(context, visibleTenant(caller, query.tenantId), query.limit));
    },
  }),
];
