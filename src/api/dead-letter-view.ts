import { z } from 'zod';
import { sentBody } from '../dialects/cloudevents.ts';
import type { CallerRole } from '../ports/configuration.ts';
import type { DeadLetter } from '../ports/dead-letters.ts';
import { ATTEMPT_EXAMPLE, attemptSchema, showAttempt } from './attempt-view.ts';
import { contentRemovedAnswer, showRemoval } from './content-removed.ts';
import { passIdAnswer, triggerAnswer } from './delivery-view.ts';
import { STORED_EVENT_EXAMPLE, showStoredEvent, storedEventSchema } from './event-view.ts';
import { EXAMPLE_IDS } from './example-ids.ts';
import { createdAtAnswer, idAnswer, instantAnswer } from './paging.ts';

export const deadLetterSchema = z
  .strictObject({
    id: idAnswer('deadLetter', 'Its id.'),
    tenantId: idAnswer('tenant', 'Its tenant.'),
    deliveryId: idAnswer('delivery', 'The delivery that failed.'),
    subscriptionId: idAnswer('subscription', 'Its subscription.'),
    eventId: idAnswer('event', 'Its event.'),
    trigger: triggerAnswer,
    passId: passIdAnswer,
    reason: z.string().meta({ description: 'Why the delivery failed permanently.' }),
    event: storedEventSchema.nullable().meta({ description: 'The event. Null: it is no longer stored.' }),
    body: z
      .string()
      .nullable()
      .meta({ description: 'The body that was sent. Null: it could not be built, or was removed.' }),
    lastAttempt: attemptSchema,
    createdAt: createdAtAnswer,
    contentRemoved: contentRemovedAnswer,
    closed: z
      .strictObject({
        as: z.enum(['replayed', 'discarded']).meta({ description: 'How it was closed.' }),
        by: z.string().meta({ description: 'Who closed it: the id of an API key, or `system`.' }),
        reason: z.string().nullable().meta({ description: 'Why it was discarded. Null: nobody said.' }),
        at: instantAnswer.meta({ description: 'When it was closed.' }),
      })
      .nullable()
      .meta({ description: 'Null: it is open.' }),
  })
  .meta({
    id: 'DeadLetter',
    description: 'The record of a delivery that failed permanently.',
    examples: [
      {
        id: EXAMPLE_IDS.deadLetter,
        tenantId: EXAMPLE_IDS.tenant,
        deliveryId: EXAMPLE_IDS.delivery,
        subscriptionId: EXAMPLE_IDS.subscription,
        eventId: EXAMPLE_IDS.event,
        trigger: 'pass.installed',
        passId: '7Hq2vXk0',
        reason: 'the endpoint answered 500 (attempt 10 of 10, none left)',
        event: STORED_EVENT_EXAMPLE,
        body: '{"pass-id":"customer-1042"}',
        lastAttempt: {
          ...ATTEMPT_EXAMPLE,
          number: 10,
          verdict: 'retryable',
          outcome: { ...ATTEMPT_EXAMPLE.outcome, status: 500, body: { text: 'error', truncated: false } },
        },
        createdAt: '2026-01-18T16:05:00.000Z',
        contentRemoved: null,
        closed: null,
      },
    ],
  });

/** @param role of the key that reads it */
export function showDeadLetter(letter: DeadLetter, role: CallerRole): z.infer<typeof deadLetterSchema> {
  const { event, body, lastAttempt, createdAt, removed, closed, ...rest } = letter;
  return {
    ...rest,
    event: event ? showStoredEvent(event) : null,
    body: body === undefined ? null : sentBody(body, lastAttempt.request?.headers ?? {}),
    lastAttempt: showAttempt(lastAttempt, role),
    createdAt: createdAt.toISOString(),
    contentRemoved: showRemoval(removed),
    closed: closed ? { ...closed, reason: closed.reason ?? null, at: closed.at.toISOString() } : null,
  };
}
