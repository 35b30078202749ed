import { z } from 'zod';
import { ATTEMPT_FAILURES } from '../domain/attempt.ts';
import { parseId } from '../domain/id.ts';
import type { TemplateRef } from '../domain/template.ts';
import { TRIGGERS } from '../domain/trigger.ts';
import type { StatusSpan } from '../ports/deliveries.ts';
import { EXAMPLE_IDS } from './example-ids.ts';
import { idMember, momentSchema } from './paging.ts';

// By what deliveries and dead letters are found: in the query of their lists, and in the bodies of dry runs. One place, so that what is
// seen in a list can be replayed or discarded as it stands.

const MAX_LENGTH = 255;

const text = (description: string, example: string) =>
  z
    .string()
    .min(1)
    .max(MAX_LENGTH)
    .optional()
    .meta({ description, examples: [example] });

const statusMember = z
  .string()
  .regex(/^[1-5](\d\d|xx)$/, { error: 'must be an HTTP status, as 503, or a class of them, as 5xx' })
  .transform((word): StatusSpan => {
    const from = Number(word.replace('xx', '00'));
    return { from, to: word.endsWith('xx') ? from + 99 : from };
  });

/** The text that a span was given as. */
export function showStatus({ from, to }: StatusSpan): string {
  return from === to ? String(from) : `${String(from).slice(0, 1)}xx`;
}

const templateMember = z
  .string()
  .min(1)
  .max(MAX_LENGTH)
  .transform((given): TemplateRef => {
    const id = parseId('template', given);
    return id ? { id } : { externalId: given };
  });

/** The text that a template was named by. */
export function showTemplateRef(template: TemplateRef): string {
  return 'id' in template ? template.id : template.externalId;
}

/** What a stream can be filtered by as well. */
export const watchedShape = {
  status: statusMember
    .optional()
    .meta({ description: 'Only those whose last attempt was answered so: `503`, or `5xx`.', examples: ['5xx'] }),
  integrationId: idMember('integration')
    .optional()
    .meta({ description: 'Only those of this integration.', param: { example: EXAMPLE_IDS.integration } }),
  subscriptionId: idMember('subscription')
    .optional()
    .meta({ description: 'Only those of this subscription.', param: { example: EXAMPLE_IDS.subscription } }),
  endpointId: idMember('endpoint')
    .optional()
    .meta({ description: 'Only those to this endpoint.', param: { example: EXAMPLE_IDS.endpoint } }),
  eventId: idMember('event')
    .optional()
    .meta({ description: 'Only those of this event.', param: { example: EXAMPLE_IDS.event } }),
  passId: text("Only those of the pass with this id, the pass system's own.", '7Hq2vXk0'),
  trigger: z
    .enum(TRIGGERS)
    .optional()
    .meta({ description: 'Only those of subscriptions to this trigger.', examples: ['pass.installed'] }),
};

/** What only stored deliveries and dead letters can be found by. */
export const storedShape = {
  failure: z
    .enum(ATTEMPT_FAILURES)
    .optional()
    .meta({ description: 'Only those whose last attempt got no answer, in this way.', examples: ['timeout'] }),
  url: z
    .string()
    .min(1)
    .max(2048)
    .optional()
    .meta({ description: 'Only those to URLs that begin so, or are at this host.', examples: ['hooks.example.com'] }),
  templateId: templateMember.optional().meta({
    description: 'Only those of events of this template: its id or its `externalId`.',
    examples: ['loyalty-2026'],
  }),
  userProvidedId: text("Only those of passes that have this id, the customer's own, in an event.", 'customer-1042'),
  trackingId: text('Only those of events with this tracking id.', 'request-77'),
  producerId: text("Only those of the event with this id, the producer's own.", 'order-77-created'),
  attemptedAfter: momentSchema.optional().meta({
    description:
      'Only those whose last attempt began then or later. With `after` beside it earlier weeks need not be looked through.',
    param: { example: '2026-01-15T00:00:00Z' },
  }),
  attemptedBefore: momentSchema.optional().meta({
    description: 'Only those whose last attempt began before then.',
    param: { example: '2030-01-15T00:00:00Z' },
  }),
};

/** The filter of a request as the store takes it. */
export function filterOf<T extends { readonly templateId?: TemplateRef | undefined }>({ templateId, ...filter }: T) {
  return { ...filter, ...(templateId && { template: templateId }) };
}
