import { z } from 'zod';
import { estimateS, REPLAYABLE_STATES } from '../domain/replay.ts';
import { DISABLED_REASONS } from '../domain/subscription.ts';
import type { DiscardDryRun } from '../pipeline/discard-dead-letters.ts';
import type { BackfillDryRun } from '../pipeline/replays/backfill.ts';
import type { DryRun } from '../pipeline/replays/dry-run.ts';
import { EXAMPLE_IDS } from './example-ids.ts';
import { idAnswer, instantAnswer } from './paging.ts';
import { countAnswer } from './replay-view.ts';

// What a bulk replay, a recovery or a backfill would send, and the token that starts it.

const tokenShape = {
  estimateSeconds: countAnswer('How long it takes at `ratePerSecond` 10, if endpoints keep up.'),
  frozenAt: instantAnswer.meta({ description: 'What is accepted later is no part of it.' }),
  confirmToken: z
    .string()
    .nullable()
    .meta({ description: 'Starts exactly this, with `createReplay`. Null: nothing would be sent.' }),
  expiresAt: instantAnswer.meta({ description: 'When the token ends.' }),
};

const TOKEN_EXAMPLE = {
  estimateSeconds: 144,
  frozenAt: '2026-01-15T12:00:00.000Z',
  confirmToken: 'k1.c2VhbGVk',
  expiresAt: '2026-01-15T12:15:00.000Z',
};

const EXAMPLE = {
  count: 1440,
  leftOut: 3,
  endpoints: [
    {
      endpointId: EXAMPLE_IDS.endpoint,
      url: 'https://hooks.example.com/wallet',
      states: { dead: 1215, retrying: 228 },
      leftOut: 3,
    },
  ],
  ...TOKEN_EXAMPLE,
};

export const dryRunSchema = z
  .strictObject({
    count: countAnswer('Deliveries that would be sent.'),
    leftOut: countAnswer('Deliveries that the filter finds and that cannot be sent: their subscription was deleted.'),
    endpoints: z
      .array(
        z.strictObject({
          endpointId: idAnswer('endpoint', 'The endpoint.'),
          url: z.string().meta({ description: 'Its URL.' }),
          states: z.partialRecord(z.enum(REPLAYABLE_STATES), z.int()).meta({ description: 'What was found, by state.' }),
          leftOut: countAnswer('Of these, those that cannot be sent.'),
        }),
      )
      .meta({ description: 'The same by endpoint.' }),
    ...tokenShape,
  })
  .meta({
    id: 'ReplayDryRun',
    description: 'What a replay would send.',
    examples: [EXAMPLE],
  });

export const recoverySchema = dryRunSchema.extend({ since: instantAnswer.meta({ description: 'From when on.' }) }).meta({
  id: 'RecoveryDryRun',
  description: 'What an endpoint did not get, and would be sent again.',
  examples: [{ ...EXAMPLE, since: '2026-01-15T10:00:00.000Z' }],
});

export const backfillSchema = z
  .strictObject({
    count: countAnswer('Events that would be delivered.'),
    leftOut: countAnswer('Events of its trigger and template that its filter or its time window leaves out.'),
    endpointId: idAnswer('endpoint', 'Where they would go.'),
    url: z.string().meta({ description: 'Its URL.' }),
    disabled: z
      .enum(DISABLED_REASONS)
      .nullable()
      .meta({ description: 'Why the subscription is disabled: what is sent would be held. Null: it is enabled.' }),
    ...tokenShape,
  })
  .meta({
    id: 'BackfillDryRun',
    description: 'What a backfill would deliver.',
    examples: [
      {
        count: 1440,
        leftOut: 12,
        endpointId: EXAMPLE_IDS.endpoint,
        url: 'https://hooks.example.com/wallet',
        disabled: null,
        ...TOKEN_EXAMPLE,
      },
    ],
  });

/** At this rate a dry run estimates. */
const DRY_RATE = 10;

export function showDryRun({ endpoints, count, leftOut, ...token }: DryRun): z.infer<typeof dryRunSchema> {
  return {
    count,
    leftOut,
    endpoints: endpoints.map((endpoint) => ({ ...endpoint, states: { ...endpoint.states } })),
    ...showToken(count, token),
  };
}

export const discardDryRunSchema = z
  .strictObject({
    count: countAnswer('Open dead letters that would be discarded.'),
    subscriptions: z
      .array(
        z.strictObject({
          subscriptionId: idAnswer('subscription', 'The subscription.'),
          count: countAnswer('Of these, those of this subscription.'),
        }),
      )
      .meta({ description: 'The same by subscription, most first.' }),
    frozenAt: tokenShape.frozenAt,
    confirmToken: z
      .string()
      .nullable()
      .meta({ description: 'Discards exactly these, with `discardDeadLetters`. Null: there are none.' }),
    expiresAt: tokenShape.expiresAt,
  })
  .meta({
    id: 'DiscardDryRun',
    description: 'Which dead letters would be discarded.',
    examples: [
      {
        count: 12,
        subscriptions: [{ subscriptionId: EXAMPLE_IDS.subscription, count: 12 }],
        frozenAt: TOKEN_EXAMPLE.frozenAt,
        confirmToken: TOKEN_EXAMPLE.confirmToken,
        expiresAt: TOKEN_EXAMPLE.expiresAt,
      },
    ],
  });

export function showDiscardDryRun({
  count,
  subscriptions,
  frozenAt,
  confirmToken,
  expiresAt,
}: DiscardDryRun): z.infer<typeof discardDryRunSchema> {
  return {
    count,
    subscriptions: subscriptions.map((one) => ({ ...one })),
    frozenAt: frozenAt.toISOString(),
    confirmToken: confirmToken ?? null,
    expiresAt: expiresAt.toISOString(),
  };
}

export function showRecovery({ since, ...dryRun }: DryRun & { readonly since: Date }): z.infer<typeof recoverySchema> {
  return { ...showDryRun(dryRun), since: since.toISOString() };
}

export function showBackfill({
  count,
  leftOut,
  subscription: { endpointId, url },
  disabled,
  ...token
}: BackfillDryRun): z.infer<typeof backfillSchema> {
  return { count, leftOut, endpointId, url, disabled: disabled ?? null, ...showToken(count, token) };
}

function showToken(
  count: number,
  { confirmToken, frozenAt, expiresAt }: Pick<DryRun, 'confirmToken' | 'frozenAt' | 'expiresAt'>,
) {
  return {
    estimateSeconds: estimateS(count, DRY_RATE),
    frozenAt: frozenAt.toISOString(),
    confirmToken: confirmToken ?? null,
    expiresAt: expiresAt.toISOString(),
  };
}
