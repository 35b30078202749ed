import { z } from 'zod';
import { DELIVERY_STATES } from '../../domain/delivery.ts';
import { DEFAULT_REPLAY_RATE, REPLAY_MODES, REPLAYABLE_STATES, replayRateSchema } from '../../domain/replay.ts';
import { dryRunReplay } from '../../pipeline/replays/dry-run.ts';
import { startReplay } from '../../pipeline/replays/start-replay.ts';
import { changeReplayRate, requireReplay, switchReplay } from '../../pipeline/replays/switch-replay.ts';
import { filterOf, storedShape, watchedShape } from '../delivery-filter.ts';
import { dryRunSchema, showDryRun } from '../dry-run-view.ts';
import { emptyBodySchema } from '../empty-body.ts';
import { EXAMPLE_IDS } from '../example-ids.ts';
import { booleanQuery, idMember, momentSchema, pageOf, pageQuerySchema, pageSchema, showPage } from '../paging.ts';
import {
  replayItemSchema,
  replaySchema,
  replayWithOutcomeSchema,
  showReplay,
  showReplayItem,
  showWithOutcome,
} from '../replay-view.ts';
import { type Route, tenantRoute } from '../route.ts';

const MAX_IDS = 10_000;

const dryRunInputSchema = z
  .strictObject({
    mode: z.enum(REPLAY_MODES).default('same').meta({
      description: '`same`: the same deliveries, bytes and `webhook-id`s; `fresh`: rendered anew, as new deliveries.',
    }),
    states: z.array(z.enum(REPLAYABLE_STATES)).min(1).default(['dead']).meta({
      description: 'The states. One that is `retrying` goes now and keeps its planned attempt; `fresh` leaves it out.',
    }),
    deliveryIds: z
      .array(idMember('delivery'))
      .min(1)
      .max(MAX_IDS)
      .optional()
      .meta({ description: 'Exactly these deliveries. `after` may then be left out.' }),
    ...watchedShape,
    ...storedShape,
    after: momentSchema.optional().meta({ description: 'Only those created then or later.' }),
    before: momentSchema.optional().meta({ description: 'Only those created before then. Default: now.' }),
  })
  .refine(({ after, deliveryIds }) => after !== undefined || deliveryIds !== undefined, {
    path: ['after'],
    error: 'is required, unless deliveryIds names the deliveries: a replay has a beginning',
  })
  .refine(({ mode, states }) => mode === 'same' || !states.includes('retrying'), {
    path: ['states'],
    error: 'must not have retrying with the mode fresh: such a delivery is on its way already',
  })
  .meta({
    id: 'ReplayDryRunInput',
    description: 'What to send again. Tests are never part of it.',
    examples: [{ states: ['dead', 'retrying'], endpointId: EXAMPLE_IDS.endpoint, after: '2026-01-15T10:00:00Z' }],
  });

const createSchema = z
  .strictObject({
    confirmToken: z.string().min(1).max(20_000_000).meta({ description: 'That of the dry run.' }),
    name: z.string().min(1).max(255).default('Replay').meta({ description: 'The name, for people.' }),
    ratePerSecond: replayRateSchema.default(DEFAULT_REPLAY_RATE),
  })
  .meta({
    id: 'ReplayStart',
    description: 'A replay to start.',
    examples: [{ confirmToken: 'k1.c2VhbGVk', name: 'Broken hour of 15 January', ratePerSecond: 20 }],
  });

const patchSchema = z
  .strictObject({ ratePerSecond: replayRateSchema })
  .meta({ id: 'ReplayPatch', description: 'Another rate.', examples: [{ ratePerSecond: 50 }] });

/** 10,000 ids in the body; the token carries them too. */
const BODY_LIMIT_BYTES = 2 * 1024 * 1024;

const common = { tag: 'replays' } as const;
const switching = {
  ...common,
  method: 'post',
  id: 'replay',
  body: emptyBodySchema,
  status: 200,
  answer: replaySchema,
} as const;

export const replayRoutes: readonly Route[] = [
  tenantRoute({
    ...common,
    method: 'post',
    path: '/v1/replays/dry-run',
    operationId: 'previewReplay',
    summary: 'Count what a replay would send',
    description: 'Sends nothing. The token in the answer starts exactly what was counted, within 15 minutes.',
    body: dryRunInputSchema,
    bodyLimitBytes: BODY_LIMIT_BYTES,
    status: 200,
    answer: dryRunSchema,
    async handle(context, { tenantId, body: { mode, deliveryIds, ...filter } }) {
      return showDryRun(await dryRunReplay(context, tenantId, { mode, filter: filterOf({ ...filter, ids: deliveryIds }) }));
    },
  }),
  tenantRoute({
    ...common,
    method: 'post',
    path: '/v1/replays',
    operationId: 'createReplay',
    summary: 'Start the replay of a dry run',
    description:
      'Of a dry run by filter, of what an endpoint did not get (`previewRecovery`), or of past events (`previewBackfill`). Deliveries go in the order in which they were made, at the rate of the replay and the limits of each endpoint; those of an ordered subscription in order. 409 when what would be sent differs from the dry run by more than a twentieth.',
    body: createSchema,
    bodyLimitBytes: BODY_LIMIT_BYTES,
    status: 201,
    answer: replaySchema,
    handle: async (context, { tenantId, body, caller }) =>
      showReplay(await startReplay(context, tenantId, body, caller.id)),
  }),
  tenantRoute({
    ...common,
    method: 'get',
    path: '/v1/replays',
    operationId: 'listReplays',
    summary: 'List replays, newest first',
    query: pageQuerySchema,
    status: 200,
    answer: pageSchema(replaySchema),
    handle: async ({ replays }, { tenantId, query }) => showPage(await replays.list(tenantId, pageOf(query)), showReplay),
  }),
  tenantRoute({
    ...common,
    method: 'get',
    path: '/v1/replays/{id}',
    operationId: 'getReplay',
    summary: 'Get a replay with its progress and outcome',
    id: 'replay',
    status: 200,
    answer: replayWithOutcomeSchema,
    async handle(context, { tenantId, id }) {
      const replay = await requireReplay(context, tenantId, id);
      return showWithOutcome(replay, await context.replays.outcome(tenantId, id));
    },
  }),
  tenantRoute({
    ...common,
    method: 'get',
    path: '/v1/replays/{id}/items',
    operationId: 'listReplayItems',
    summary: 'List what a replay has sent and skipped, newest deliveries first',
    id: 'replay',
    query: pageQuerySchema.extend({
      skipped: booleanQuery('`true`: only skipped ones; `false`: only sent ones. Default: both.'),
      state: z
        .enum(DELIVERY_STATES)
        .optional()
        .meta({ description: 'Only those of which what was sent is in this state: `dead`.', examples: ['dead'] }),
    }),
    status: 200,
    answer: pageSchema(replayItemSchema),
    async handle(context, { tenantId, id, query: { skipped, state, ...page } }) {
      await requireReplay(context, tenantId, id);
      return showPage(await context.replays.items(tenantId, id, { skipped, state }, pageOf(page)), showReplayItem);
    },
  }),
  tenantRoute({
    ...common,
    method: 'patch',
    path: '/v1/replays/{id}',
    operationId: 'updateReplay',
    summary: 'Change the rate of a replay',
    id: 'replay',
    body: patchSchema,
    status: 200,
    answer: replaySchema,
    handle: async (context, { tenantId, id, body }) =>
      showReplay(await changeReplayRate(context, tenantId, id, body.ratePerSecond)),
  }),
  tenantRoute({
    ...switching,
    path: '/v1/replays/{id}/pause',
    operationId: 'pauseReplay',
    summary: 'Pause a replay',
    handle: async (context, { tenantId, id }) => showReplay(await switchReplay(context, tenantId, id, 'paused')),
  }),
  tenantRoute({
    ...switching,
    path: '/v1/replays/{id}/resume',
    operationId: 'resumeReplay',
    summary: 'Resume a paused replay',
    handle: async (context, { tenantId, id }) => showReplay(await switchReplay(context, tenantId, id, 'running')),
  }),
  tenantRoute({
    ...switching,
    path: '/v1/replays/{id}/cancel',
    operationId: 'cancelReplay',
    summary: 'Cancel a replay',
    description: 'Stops what is not sent yet. What was sent stays sent.',
    handle: async (context, { tenantId, id }) => showReplay(await switchReplay(context, tenantId, id, 'cancelled')),
  }),
];
