import { z } from 'zod';
import { readStatistics, STEPS, type Step } from '../../admin/statistics.ts';
import { ID_PREFIXES, parseId } from '../../domain/id.ts';
import { STATISTICS_GROUPS, type StatisticsGroup } from '../../ports/statistics.ts';
import { EXAMPLE_IDS } from '../example-ids.ts';
import { idQuery, momentSchema } from '../paging.ts';
import { globalRoute, type Route } from '../route.ts';
import { forbiddenToBound, visibleTenant } from '../scope.ts';
import {
  backlogSchema,
  retriesAheadSchema,
  showAllStatistics,
  showRetriesAhead,
  showSamples,
  statisticsSchema,
} from '../statistics-view.ts';

const MAX_IDS = 200;
const KINDS = ['tenant', 'integration', 'endpoint', 'subscription'] as const;
const DAY_S = 24 * 60 * 60;
const HOUR_MS = 60 * 60 * 1000;
const MAX_BACKLOG_HOURS = 48;

const idsQuery = z
  .string()
  .transform((text, context) => {
    const words = text.split(',');
    const ids = words.flatMap((word) => KINDS.map((kind) => parseId(kind, word)).find((id) => id !== undefined) ?? []);
    if (ids.length === words.length && ids.length <= MAX_IDS) return ids;
    const message = `must be up to ${MAX_IDS} ids of what is grouped by, joined by commas`;
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  })
  .optional()
  .meta({
    description: 'Only these of what is grouped by, joined by commas.',
    examples: [EXAMPLE_IDS.subscription],
  });

const period = {
  from: momentSchema.optional().meta({
    description: 'The beginning of the period. Default: 24 hours before `to`.',
    param: { example: '2026-01-14T12:00:00Z' },
  }),
  to: momentSchema
    .optional()
    .meta({ description: 'The end of the period. Default: now.', param: { example: '2026-01-15T12:00:00Z' } }),
};

const statisticsQuery = z
  .strictObject({
    ...period,
    bucket: z
      .enum(Object.keys(STEPS) as [Step, ...Step[]])
      .optional()
      .meta({
        description: 'The statistics of each bucket too. Buckets of 5 minutes are kept for 8 days, hours for 400.',
        examples: ['1h'],
      }),
    groupBy: z
      .enum(STATISTICS_GROUPS)
      .optional()
      .meta({
        description: 'Statistics for each of these. Default: what `ids` are of, or `none`.',
        examples: ['subscription'],
      }),
    ids: idsQuery,
    tenantId: idQuery('tenant', 'Only of this tenant. Default: all that the key sees.'),
    integrationId: idQuery('integration', 'Only of this integration.'),
    endpointId: idQuery('endpoint', 'Only of this endpoint.'),
    subscriptionId: idQuery('subscription', 'Only of this subscription.'),
  })
  .refine(({ ids, groupBy }) => ids === undefined || groupOf({ ids, groupBy }) === kindOf(ids), {
    path: ['ids'],
    error: 'must be ids of what `groupBy` names',
  });

/** What is grouped by, said or not. */
function groupOf({
  ids,
  groupBy,
}: {
  readonly ids?: readonly string[] | undefined;
  readonly groupBy?: StatisticsGroup | undefined;
}) {
  return groupBy ?? (ids && kindOf(ids)) ?? 'none';
}

/** What all the ids are of; undefined when they are of several kinds. */
function kindOf(ids: readonly string[]): (typeof KINDS)[number] | undefined {
  return KINDS.find((kind) => ids.every((id) => id.startsWith(`${ID_PREFIXES[kind]}_`)));
}

const common = { tag: 'stats', method: 'get', status: 200 } as const;

export const statsRoutes: readonly Route[] = [
  globalRoute({
    ...common,
    path: '/v1/stats',
    operationId: 'getStatistics',
    summary: 'Count attempts and how deliveries ended',
    description:
      'From counts that are kept as attempts end, so it costs the same however many deliveries are stored, and outlives them. Attempts of the last five seconds or so may be missing.',
    query: statisticsQuery,
    answer: statisticsSchema,
    async handle(context, { caller, query: { tenantId, ...query } }) {
      const input = { ...query, groupBy: groupOf(query) };
      return showAllStatistics(await readStatistics(context, visibleTenant(caller, tenantId), input));
    },
  }),
  globalRoute({
    ...common,
    path: '/v1/stats/backlog',
    operationId: 'getBacklog',
    summary: 'Show what waited to be delivered',
    description: 'Counted once a minute over all tenants, kept for 8 days. At most the last 48 hours of a period.',
    query: z.strictObject(period),
    answer: backlogSchema,
    async handle({ statistics, clock }, { caller, query }) {
      forbiddenToBound(caller);
      const to = query.to ?? new Date(clock());
      const earliestMs = to.getTime() - MAX_BACKLOG_HOURS * HOUR_MS;
      const fromMs = query.from?.getTime() ?? to.getTime() - 24 * HOUR_MS;
      return showSamples(await statistics.backlog(new Date(Math.max(fromMs, earliestMs)), to));
    },
  }),
  globalRoute({
    ...common,
    path: '/v1/stats/retries-ahead',
    operationId: 'getRetriesAhead',
    summary: 'Count the retries that are due in the next 24 hours',
    query: z.strictObject({
      bucket: z
        .enum(['5m', '1h'])
        .default('1h')
        .meta({ description: 'The width of a bucket.', examples: ['5m'] }),
      tenantId: idQuery('tenant', 'Only of this tenant. Default: all that the key sees.'),
    }),
    answer: retriesAheadSchema,
    async handle({ statistics }, { caller, query: { bucket, tenantId } }) {
      return showRetriesAhead(await statistics.retriesAhead(visibleTenant(caller, tenantId), DAY_S, STEPS[bucket]));
    },
  }),
];
