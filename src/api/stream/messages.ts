import { z } from 'zod';
import { CHANGE_ACTIONS } from '../../domain/change.ts';
import { ATTEMPT_EXAMPLE } from '../attempt-view.ts';
import { DELIVERY_EXAMPLE, deliverySchema } from '../delivery-view.ts';
import { endpointSchema } from '../endpoint-view.ts';
import { readinessSchema } from '../health.ts';
import { instantAnswer } from '../paging.ts';
import { replayWithOutcomeSchema } from '../replay-view.ts';
import { statisticsSchema } from '../statistics-view.ts';

// The messages of a stream: `event` and `data` of server-sent events.

const ATTEMPT = {
  number: 1,
  startedAt: ATTEMPT_EXAMPLE.startedAt,
  verdict: 'delivered' as const,
  status: 200,
  reason: null,
  durationMs: 42,
};
const DELIVERY = { action: 'attempted', matches: true, delivery: DELIVERY_EXAMPLE, attempt: ATTEMPT };

const attemptSummarySchema = z
  .strictObject({
    number: z.int().meta({ description: '1 for the first.' }),
    startedAt: instantAnswer.meta({ description: 'When it started.' }),
    verdict: z.enum(['delivered', 'retryable', 'permanent']).meta({ description: 'What its outcome means.' }),
    status: z.int().nullable().meta({ description: 'The HTTP status. Null: no response came.' }),
    reason: z.string().nullable().meta({ description: 'Why it failed. Null: it did not.' }),
    durationMs: z.int().nullable().meta({ description: 'How long it took, in milliseconds. Null: nothing was sent.' }),
  })
  .meta({
    id: 'AttemptSummary',
    description: 'An attempt in one line.',
    examples: [ATTEMPT],
  });

const deliveryMessageSchema = z
  .strictObject({
    action: z.enum(CHANGE_ACTIONS).meta({
      description:
        'What happened: it is new (`created`), an attempt ended (`attempted`), a person brought its retry forward (`expedited`) or replayed it with the same bytes (`reopened`), its subscription was found disabled (`held`), or it was `cancelled`.',
    }),
    matches: z.boolean().meta({
      description: 'False: after this change, `state` or `status` of the filter does not find it, or no longer.',
    }),
    delivery: deliverySchema,
    attempt: attemptSummarySchema.nullable().meta({ description: 'The attempt that ended. Null: none did.' }),
  })
  .meta({
    id: 'DeliveryMessage',
    description: 'A delivery changed: what happened, the delivery as it is now, and the attempt.',
    examples: [DELIVERY as never],
  });

const id = z
  .string()
  .optional()
  .meta({ description: 'Where this stands among all changes: as `Last-Event-ID` it resumes the stream there.' });

function message<E extends string, D extends z.ZodType>(event: E, data: D, description: string) {
  return z.strictObject({ event: z.literal(event).meta({ description }), id, data });
}

/** A message as an object: `event`, `id` and `data` are the lines of a server-sent event, `data` as JSON. */
export const streamMessageSchema = z
  .discriminatedUnion('event', [
    message(
      'ready',
      z.strictObject({ resumed: z.boolean().meta({ description: 'Whether what was missed was sent before this.' }) }),
      'From now on every change is sent: a list that is read now has all earlier ones.',
    ),
    message('delivery', deliveryMessageSchema, 'A delivery changed.'),
    message('endpoint', endpointSchema, 'An endpoint began to fail, recovered, or was enabled or disabled.'),
    message('replay', replayWithOutcomeSchema, 'The progress of a replay.'),
    message('stats', statisticsSchema, 'The statistics of the last 24 hours.'),
    message('system', readinessSchema, 'What Passwire needs became available or unavailable.'),
    message(
      'skipped',
      z.strictObject({
        skipped: z.int().meta({ description: 'Changes that were not sent, because there are too many.' }),
        others: z.int().meta({ description: 'The same of those with `matches: false`.' }),
      }),
      'More changed than is sent in a second.',
    ),
    message('reset', z.strictObject({}), 'Changes may have been missed: read again what you show.'),
    message(
      'heartbeat',
      z.strictObject({ at: instantAnswer.meta({ description: 'Now, by the clock of the API.' }) }),
      'Sent every ten seconds.',
    ),
    message(
      'end',
      z.strictObject({
        reason: z.enum(['shutdown', 'revoked']).meta({
          description:
            '`shutdown`: connect again, with `Last-Event-ID`. `revoked`: the key is no longer valid, or the session has ended.',
        }),
      }),
      'The last message.',
    ),
  ])
  .meta({
    id: 'StreamMessage',
    description: 'A server-sent event as an object: its lines `event`, `id` and `data`, the last one as JSON.',
    examples: [{ event: 'delivery', id: '5f0c2f0e-1768478400120-0-0', data: DELIVERY } as never],
  });

export type StreamMessage = z.infer<typeof streamMessageSchema>;
