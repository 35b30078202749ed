import { z } from 'zod';
import { DELIVERY_STATES } from '../domain/delivery.ts';
import { BULK_MODES, estimateS, REPLAY_STATES, REPLAYABLE_STATES, SKIP_REASONS } from '../domain/replay.ts';
import type { Replay, ReplayItem, ReplayOutcome, ReplaySelection } from '../ports/replays.ts';
import { showStatus, showTemplateRef } from './delivery-filter.ts';
import { EXAMPLE_IDS } from './example-ids.ts';
import { createdAtAnswer, idAnswer, instantAnswer, showInstant } from './paging.ts';

const FILTER_EXAMPLE = {
  states: ['dead', 'retrying'],
  endpointId: EXAMPLE_IDS.endpoint,
  after: '2026-01-15T10:00:00.000Z',
  before: '2026-01-15T11:00:00.000Z',
};

export const countAnswer = (description: string) => z.int().meta({ description });

const filterAnswer = z
  .strictObject({
    states: z
      .array(z.enum(REPLAYABLE_STATES))
      .optional()
      .meta({ description: 'The states. Absent: it is a backfill, which finds events.' }),
    eventIds: z.array(z.string()).optional().meta({ description: 'The events of a backfill.' }),
    templateId: z.string().nullable().optional().meta({ description: 'The template. Null, of a backfill: all.' }),
    deliveryIds: z.array(z.string()).optional().meta({ description: 'The deliveries.' }),
    subscriptionId: z.string().optional().meta({ description: 'The subscription.' }),
    endpointId: z.string().optional().meta({ description: 'The endpoint.' }),
    integrationId: z.string().optional().meta({ description: 'The integration.' }),
    trigger: z.string().optional().meta({ description: 'The trigger.' }),
    passId: z.string().optional().meta({ description: 'The pass.' }),
    status: z.string().optional().meta({ description: 'How the last attempt was answered.' }),
    failure: z.string().optional().meta({ description: 'How the last attempt failed without an answer.' }),
    url: z.string().optional().meta({ description: 'The URLs.' }),
    userProvidedId: z.string().optional().meta({ description: "The pass, by the customer's own id." }),
    trackingId: z.string().optional().meta({ description: 'The tracking id of the events.' }),
    producerId: z.string().optional().meta({ description: "The event, by the producer's own id." }),
    eventId: z.string().optional().meta({ description: 'The event.' }),
    attemptedAfter: instantAnswer.optional().meta({ description: 'Last attempted then or later.' }),
    attemptedBefore: instantAnswer.optional().meta({ description: 'Last attempted before then.' }),
    after: instantAnswer.optional().meta({ description: 'Created then or later.' }),
    before: instantAnswer.optional().meta({ description: 'Created before then.' }),
  })
  .meta({ id: 'ReplayFilter', description: 'What a replay sends.', examples: [FILTER_EXAMPLE] });

const EXAMPLE = {
  id: EXAMPLE_IDS.replay,
  tenantId: EXAMPLE_IDS.tenant,
  name: 'Broken hour of 15 January',
  mode: 'same',
  filter: FILTER_EXAMPLE,
  state: 'running',
  ratePerSecond: 10,
  total: 1440,
  sent: 600,
  skipped: 2,
  left: 838,
  estimateSeconds: 84,
  createdBy: EXAMPLE_IDS.apiKey,
  createdAt: '2026-01-15T12:05:00.000Z',
  endedAt: null,
};

export const replaySchema = z
  .strictObject({
    id: idAnswer('replay', 'Its id.'),
    tenantId: idAnswer('tenant', 'Its tenant.'),
    name: z.string().meta({ description: 'The name, for people.' }),
    mode: z.enum(BULK_MODES).meta({
      description:
        '`same`: the same bytes are sent again. `fresh`: they are rendered anew. `backfill`: past events are delivered, for the first time, to a subscription that was made after them.',
    }),
    filter: filterAnswer,
    state: z.enum(REPLAY_STATES).meta({ description: '`done` when everything was sent or skipped.' }),
    ratePerSecond: z.number().meta({ description: 'Deliveries a second.' }),
    total: countAnswer('What the filter found when it began.'),
    sent: countAnswer('Sent so far.'),
    skipped: countAnswer('Left out so far, each with a reason; at the end also what no longer matched the filter.'),
    left: countAnswer('Neither yet.'),
    estimateSeconds: z
      .int()
      .nullable()
      .meta({ description: 'How long the rest takes at this rate. Null: it is not running.' }),
    createdBy: z.string().meta({ description: 'The id of the API key that started it.' }),
    createdAt: createdAtAnswer,
    endedAt: instantAnswer.nullable().meta({ description: 'When it ended. Null: it has not.' }),
  })
  .meta({ id: 'Replay', description: 'A bulk replay.', examples: [EXAMPLE] });

export const replayWithOutcomeSchema = replaySchema
  .extend({
    delivered: countAnswer('Of what was sent, what has been delivered.'),
    failed: countAnswer('Of what was sent, what has failed permanently or was cancelled.'),
    pastRetention: countAnswer('Of what was sent, what is no longer stored.'),
  })
  .meta({
    id: 'ReplayWithOutcome',
    description: 'A bulk replay with what became of it so far.',
    examples: [{ ...EXAMPLE, delivered: 590, failed: 1, pastRetention: 0 }],
  });

export const replayItemSchema = z
  .strictObject({
    deliveryId: idAnswer('delivery', 'The delivery that the filter found; of a backfill the one that it made.'),
    sentId: z
      .string()
      .nullable()
      .meta({ description: 'The delivery that was sent: itself, or a new one. Null: it was skipped.' }),
    state: z
      .enum(DELIVERY_STATES)
      .nullable()
      .meta({ description: 'The state of what was sent. Null: it was skipped, or is no longer stored.' }),
    reason: z.enum(SKIP_REASONS).nullable().meta({ description: 'Why it was skipped. Null: it was sent.' }),
    lastStatus: z
      .int()
      .nullable()
      .meta({ description: 'The HTTP status of the last attempt of what was sent. Null: there is none.' }),
    lastReason: z.string().nullable().meta({ description: 'Why the last attempt failed. Null: it did not.' }),
  })
  .meta({
    id: 'ReplayItem',
    description: 'One delivery of a replay.',
    examples: [
      {
        deliveryId: EXAMPLE_IDS.delivery,
        sentId: EXAMPLE_IDS.delivery,
        state: 'succeeded',
        reason: null,
        lastStatus: 200,
        lastReason: null,
      },
    ],
  });

export function showReplay(replay: Replay): z.infer<typeof replaySchema> {
  const { filter, total, sent, skipped: decided, state, ratePerSecond, createdAt, endedAt, ...rest } = replay;
  // what no longer matched was not looked at: at the end nothing is left of it
  const skipped = state === 'done' ? Math.max(decided, total - sent) : decided;
  const left = Math.max(0, total - sent - skipped);
  return {
    ...rest,
    filter: showFilter(filter),
    state,
    ratePerSecond,
    total,
    sent,
    skipped,
    left,
    estimateSeconds: state === 'running' ? estimateS(left, ratePerSecond) : null,
    createdAt: createdAt.toISOString(),
    endedAt: showInstant(endedAt),
  };
}

export function showWithOutcome(replay: Replay, outcome: ReplayOutcome): z.infer<typeof replayWithOutcomeSchema> {
  return { ...showReplay(replay), ...outcome };
}

export function showReplayItem(item: ReplayItem): z.infer<typeof replayItemSchema> {
  const { deliveryId, sentId, state, reason, lastStatus, lastReason } = item;
  return {
    deliveryId,
    sentId: sentId ?? null,
    state: (state as z.infer<typeof replayItemSchema>['state'] | undefined) ?? null,
    reason: reason ?? null,
    lastStatus: lastStatus ?? null,
    lastReason: lastReason ?? null,
  };
}

function showFilter(filter: ReplaySelection['filter']): z.infer<typeof filterAnswer> {
  const { after, before, ...rest } = filter;
  const times = { ...(after && { after: after.toISOString() }), ...(before && { before: before.toISOString() }) };
  if (!('states' in rest)) {
    const { eventIds, ...backfill } = rest;
    return { ...backfill, ...times, ...(eventIds && { eventIds: [...eventIds] }) };
  }
  const { ids, status, template, states, attemptedAfter, attemptedBefore, ...replay } = rest;
  return {
    ...replay,
    ...times,
    ...(attemptedAfter && { attemptedAfter: attemptedAfter.toISOString() }),
    ...(attemptedBefore && { attemptedBefore: attemptedBefore.toISOString() }),
    ...(status && { status: showStatus(status) }),
    ...(template && { templateId: showTemplateRef(template) }),
    states: [...states],
    ...(ids && { deliveryIds: [...ids] }),
  };
}
