import { z } from 'zod';
import { dryRunBackfill } from '../../pipeline/replays/backfill.ts';
import { dryRunRecovery } from '../../pipeline/replays/recover-endpoint.ts';
import { backfillSchema, recoverySchema, showBackfill, showRecovery } from '../dry-run-view.ts';
import { idMember, momentSchema } from '../paging.ts';
import { type Route, tenantRoute } from '../route.ts';

const MAX_IDS = 10_000;
/** 10,000 ids in the body. */
const BODY_LIMIT_BYTES = 1024 * 1024;

const recoverySince = z
  .strictObject({
    since: momentSchema
      .optional()
      .meta({ description: 'Only deliveries created then or later. Default: shortly before it last began to fail.' }),
  })
  .meta({ id: 'RecoveryInput', description: 'From when on.', examples: [{ since: '2026-01-15T10:00:00Z' }] });

const backfillRange = z
  .strictObject({
    after: momentSchema.optional().meta({ description: 'Only events accepted then or later.' }),
    before: momentSchema.optional().meta({ description: 'Only events accepted before then. Default: now.' }),
    passId: z.string().min(1).optional().meta({ description: 'Only events of this pass.' }),
    eventIds: z
      .array(idMember('event'))
      .min(1)
      .max(MAX_IDS)
      .optional()
      .meta({ description: 'Exactly these events. `after` may then be left out.' }),
  })
  .refine(({ after, eventIds }) => after !== undefined || eventIds !== undefined, {
    path: ['after'],
    error: 'is required, unless eventIds names the events: a backfill has a beginning',
  })
  .meta({
    id: 'BackfillInput',
    description: 'Which past events. Those of tests are never part of it.',
    examples: [{ after: '2026-01-10T00:00:00Z' }],
  });

/** Dry runs of what `createReplay` then starts; that of a replay by filter stands with the replays. */
export const dryRunRoutes: readonly Route[] = [
  tenantRoute({
    tag: 'replays',
    method: 'post',
    path: '/v1/endpoints/{id}/recover',
    operationId: 'previewRecovery',
    summary: 'Count what an endpoint did not get',
    description:
      'What failed permanently since then, and what waits for a retry. Sends nothing: the token in the answer starts the replay, within 15 minutes.',
    id: 'endpoint',
    body: recoverySince,
    status: 200,
    answer: recoverySchema,
    handle: async (context, { tenantId, id, body }) =>
      showRecovery(await dryRunRecovery(context, tenantId, id, body.since)),
  }),
  tenantRoute({
    tag: 'replays',
    method: 'post',
    path: '/v1/subscriptions/{id}/backfill',
    operationId: 'previewBackfill',
    summary: 'Count the past events that a subscription did not get',
    description:
      'For a subscription that was made too late: its trigger, template and filter decide which events it would have got. Events that it has a delivery for are no part of it. Sends nothing: the token in the answer starts it, within 15 minutes. At most 100,000 events at once.',
    id: 'subscription',
    body: backfillRange,
    bodyLimitBytes: BODY_LIMIT_BYTES,
    status: 200,
    answer: backfillSchema,
    handle: async (context, { tenantId, id, body }) => showBackfill(await dryRunBackfill(context, tenantId, id, body)),
  }),
];
