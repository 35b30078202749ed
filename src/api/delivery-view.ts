import { z } from 'zod';
import type { ShownDelivery } from '../admin/deliveries.ts';
import { DELIVERY_KINDS, DELIVERY_STATES } from '../domain/delivery.ts';
import { TRIGGERS } from '../domain/trigger.ts';
import { contentRemovedAnswer, showRemoval } from './content-removed.ts';
import { EXAMPLE_IDS } from './example-ids.ts';
import { createdAtAnswer, idAnswer, instantAnswer, showInstant } from './paging.ts';

export const DELIVERY_EXAMPLE = {
  kind: 'event',
  id: EXAMPLE_IDS.delivery,
  tenantId: EXAMPLE_IDS.tenant,
  eventId: EXAMPLE_IDS.event,
  subscriptionId: EXAMPLE_IDS.subscription,
  endpointId: EXAMPLE_IDS.endpoint,
  trigger: 'pass.installed',
  passId: '7Hq2vXk0',
  state: 'succeeded',
  live: { parked: false },
  attemptCount: 1,
  dueAt: null,
  messageId: EXAMPLE_IDS.message,
  replayOf: null,
  test: false,
  lastStatus: 200,
  lastReason: null,
  createdAt: '2026-01-15T12:00:00.000Z',
  endedAt: '2026-01-15T12:00:00.162Z',
  endedReason: null,
  endedBy: null,
  contentRemoved: null,
};

export const triggerAnswer = z.enum(TRIGGERS).meta({ description: 'The trigger of the subscription.' });
export const passIdAnswer = z.string().meta({ description: 'The id of the pass. Empty: the event is about an endpoint.' });

export const deliverySchema = z
  .strictObject({
    kind: z.enum(DELIVERY_KINDS).meta({
      description:
        '`event`: an event for a subscription. `unsubscribe`: a DELETE that tells a receiver that its subscription was deleted; there is no event, and `eventId` names none.',
    }),
    id: idAnswer('delivery', 'Its id.'),
    tenantId: idAnswer('tenant', 'Its tenant.'),
    eventId: idAnswer('event', 'The event.'),
    subscriptionId: idAnswer('subscription', 'The subscription.'),
    endpointId: idAnswer('endpoint', 'The endpoint.'),
    trigger: triggerAnswer,
    passId: passIdAnswer,
    state: z.enum(DELIVERY_STATES).meta({
      description:
        '`pending`, `delivering`, `retrying`, `blocked` (waits for an earlier delivery of its pass), `parked` (due, but waits for a share of its endpoint or tenant, for a pause, a breaker or a worker) and `held` (its subscription is disabled) are open; `succeeded`, `dead` and `cancelled` are final. While it is unknown what waits, a parked delivery is shown as `pending` or `retrying`.',
    }),
    live: z
      .strictObject({ parked: z.boolean().meta({ description: 'Whether it waits at the gate.' }) })
      .meta({ id: 'LiveDelivery', description: 'Its current state beside the stored one.', examples: [{ parked: false }] })
      .nullable()
      .meta({ description: 'Null: unknown, because Redis does not answer.' }),
    attemptCount: z.int().meta({ description: 'Attempts made so far.' }),
    dueAt: instantAnswer.nullable().meta({ description: 'When the next attempt is due. Null: none is planned.' }),
    messageId: idAnswer('message', 'The `webhook-id` of every attempt.'),
    replayOf: z.string().nullable().meta({ description: 'The delivery that this one renders anew. Null: none.' }),
    test: z.boolean().meta({ description: 'True: a test send, without effect on health or statistics.' }),
    lastStatus: z.int().nullable().meta({ description: 'HTTP status of the last attempt. Null: no response.' }),
    lastReason: z.string().nullable().meta({ description: 'Why the last attempt failed. Null: it did not.' }),
    createdAt: createdAtAnswer,
    endedAt: instantAnswer.nullable().meta({ description: 'When it ended. Null: it is open.' }),
    endedReason: z
      .string()
      .nullable()
      .meta({ description: 'Why it was cancelled or failed permanently. Null: it did not.' }),
    endedBy: z.string().nullable().meta({ description: 'Who ended it: the id of an API key, or `system`.' }),
    contentRemoved: contentRemovedAnswer,
  })
  .meta({ id: 'Delivery', description: 'An event on its way to a subscription.', examples: [DELIVERY_EXAMPLE] });

export const deliveryReferenceSchema = z
  .strictObject({ deliveryId: idAnswer('delivery', 'The delivery that is now open.') })
  .meta({
    id: 'DeliveryReference',
    description: 'A delivery that is on its way.',
    examples: [{ deliveryId: EXAMPLE_IDS.delivery }],
  });

export function showDelivery({ delivery, live }: ShownDelivery): z.infer<typeof deliverySchema> {
  const {
    attempts,
    messageId,
    replayOf,
    dueAt,
    lastStatus,
    lastReason,
    createdAt,
    endedAt,
    endedReason,
    endedBy,
    removed,
    ...rest
  } = delivery;
  return {
    ...rest,
    live: live ?? null,
    dueAt: showInstant(dueAt),
    messageId,
    attemptCount: attempts,
    replayOf: replayOf ?? null,
    lastStatus: lastStatus ?? null,
    lastReason: lastReason ?? null,
    createdAt: createdAt.toISOString(),
    endedAt: showInstant(endedAt),
    endedReason: endedReason ?? null,
    endedBy: endedBy ?? null,
    contentRemoved: showRemoval(removed),
  };
}
