import { z } from 'zod';
import type { ExplainedDelivery, OfferedAction } from '../admin/explain-delivery.ts';
import { EXPLANATION_CODES } from '../admin/explanation/explained.ts';
import { NEXT_REASONS } from '../admin/explanation/next-attempt.ts';
import { TIMELINE_KINDS } from '../admin/explanation/timeline.ts';
import { DELIVERY_ACTIONS, type DeliveryAction } from '../domain/delivery-actions.ts';
import type { CallerRole } from '../ports/configuration.ts';
import { EXAMPLE_IDS } from './example-ids.ts';
import { instantAnswer, showInstant } from './paging.ts';
import { mayCall, type OperationId } from './permissions.ts';

export const EXPLANATION_EXAMPLE = {
  explanation: {
    code: 'delivered',
    params: { host: 'hooks.example.com', attempts: 1, lastStatus: 200 },
    text: 'Delivered on the first attempt. hooks.example.com answered 200 at 12:00:00, after 42 ms. Nothing more will be sent.',
    textWithDates:
      'Delivered on the first attempt. hooks.example.com answered 200 at 15 Jan 2026, 12:00:00 UTC, after 42 ms. Nothing more will be sent.',
  },
  actions: [
    {
      name: 'retry',
      target: EXAMPLE_IDS.delivery,
      allowed: false,
      why: 'The delivery was delivered: replay it to send it again.',
    },
    { name: 'replay_same', target: EXAMPLE_IDS.delivery, allowed: true, why: null },
  ],
  timeline: [
    { kind: 'accepted', at: '2026-01-15T12:00:00.000Z', planned: false, text: 'accepted (event)', by: null, attempt: null },
    {
      kind: 'attempt',
      at: '2026-01-15T12:00:00.120Z',
      planned: false,
      text: 'attempt 1: 200 in 42 ms',
      by: null,
      attempt: 1,
    },
    { kind: 'ended', at: '2026-01-15T12:00:00.162Z', planned: false, text: 'delivered', by: null, attempt: null },
  ],
  next: null,
  names: { tenant: 'Acme', integration: 'CRM', template: 'Membership', url: 'https://hooks.example.com/wallet' },
};

const explanationSchema = z
  .strictObject({
    code: z.enum(EXPLANATION_CODES).meta({ description: 'Stable: texts in other languages go by it and `params`.' }),
    params: z
      .record(z.string(), z.union([z.string(), z.number(), z.null()]))
      .meta({ description: 'What the text is made of: instants in UTC, durations in milliseconds (`...Ms`).' }),
    text: z.string().meta({
      description:
        'One paragraph in English: outcome; cause, with the rule that decided; what happens next and when; what a person can do. Times are in UTC, without the date where they are today.',
    }),
    textWithDates: z.string().meta({ description: 'The same with dates and zone, to be sent to somebody.' }),
  })
  .meta({
    id: 'DeliveryExplanation',
    description: 'Why a delivery is in its state.',
    examples: [EXPLANATION_EXAMPLE.explanation],
  });

const actionSchema = z
  .strictObject({
    name: z.enum(DELIVERY_ACTIONS).meta({
      description:
        '`retry`, `replay_same`, `replay_fresh` and `cancel` act on the delivery, `discard` on its dead letter, `enable_endpoint` and `enable_subscription` on what holds it.',
    }),
    target: z.string().meta({ description: 'The id of what is acted on.' }),
    allowed: z.boolean().meta({ description: 'Whether the call would be accepted now.' }),
    why: z.string().nullable().meta({ description: 'Why not, in the words of the problem. Null: it is allowed.' }),
  })
  .meta({
    id: 'DeliveryAction',
    description: 'What a person may do with a delivery. What the role of the key may not do is left out.',
    examples: [EXPLANATION_EXAMPLE.actions[1]],
  });

const timelineEntrySchema = z
  .strictObject({
    kind: z.enum(TIMELINE_KINDS).meta({ description: 'What it is.' }),
    at: instantAnswer.nullable().meta({ description: 'When. Null: now; since when is not stored.' }),
    planned: z.boolean().meta({ description: 'Whether it lies ahead.' }),
    text: z.string().meta({ description: 'What happened, in a few words.' }),
    by: z.string().nullable().meta({ description: 'Who did it: the id of an API key, or `system`. Null: nobody.' }),
    attempt: z.int().nullable().meta({ description: 'The number of the attempt. Null: it is none.' }),
  })
  .meta({
    id: 'TimelineEntry',
    description: 'Something that happened to a delivery, or that is planned.',
    examples: [EXPLANATION_EXAMPLE.timeline[1]],
  });

const NEXT_EXAMPLE = { at: '2026-01-15T12:30:00.000Z', inMs: 1_680_000, reason: 'retry' };
const nextSchema = z
  .strictObject({
    at: instantAnswer.meta({ description: 'When.' }),
    inMs: z.number().meta({ description: 'From now, in milliseconds; 0: it is due.' }),
    reason: z.enum(NEXT_REASONS).meta({
      description:
        '`retry`: the schedule; `retry-after`: the receiver asked for it; `due`: it waits for room; `breaker`, `pause`: its endpoint is paused until then.',
    }),
  })
  .meta({ id: 'NextAttempt', description: 'The next attempt that is planned.', examples: [NEXT_EXAMPLE] });

const name = (what: string) =>
  z
    .string()
    .nullable()
    .meta({ description: `The name of its ${what}. Null: none, or it was deleted.` });

export const explanationShape = {
  explanation: explanationSchema,
  actions: z.array(actionSchema).meta({ description: 'What a person may do with it.' }),
  timeline: z.array(timelineEntrySchema).meta({ description: 'What happened, oldest first, then what is planned.' }),
  next: nextSchema.nullable().meta({ description: 'The next attempt. Null: none is planned.' }),
  names: z
    .strictObject({
      tenant: name('tenant'),
      integration: name('integration'),
      template: name("subscription's template"),
      url: z.string().nullable().meta({ description: 'The URL of its endpoint. Null: it is no longer known.' }),
    })
    .meta({ id: 'DeliveryNames', description: 'Names of what it belongs to.', examples: [EXPLANATION_EXAMPLE.names] }),
};

const OPERATION: Readonly<Record<DeliveryAction, OperationId>> = {
  retry: 'retryDelivery',
  replay_same: 'replayDelivery',
  replay_fresh: 'replayDelivery',
  cancel: 'cancelDelivery',
  discard: 'discardDeadLetter',
  enable_endpoint: 'enableEndpoint',
  enable_subscription: 'updateSubscription',
};

type Shown = { readonly [Member in keyof typeof explanationShape]: z.infer<(typeof explanationShape)[Member]> };

/** @param role of the key that reads it: what it may not do is left out */
export function showExplanation(
  { explanation, actions, timeline, next, names }: Omit<ExplainedDelivery, 'shown' | 'attempts' | 'body'>,
  role: CallerRole,
): Shown {
  const { tenant = null, integration = null, template = null, url = null } = names;
  return {
    explanation: { ...explanation, params: { ...explanation.params } },
    actions: actions.filter(({ name: action }) => mayCall(role, OPERATION[action])).map(showAction),
    timeline: timeline.map(({ kind, at, isPlanned, text, by, attempt }) => ({
      kind,
      at: showInstant(at),
      planned: isPlanned,
      text,
      by: by ?? null,
      attempt: attempt ?? null,
    })),
    next: next ? { at: next.at.toISOString(), inMs: Math.round(next.inMs), reason: next.reason } : null,
    names: { tenant, integration, template, url },
  };
}

function showAction({ name: action, target, refusal }: OfferedAction): z.infer<typeof actionSchema> {
  return { name: action, target, allowed: refusal === undefined, why: refusal?.detail ?? null };
}
