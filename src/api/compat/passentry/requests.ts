import { z } from 'zod';
import { invalid } from '../../../domain/errors.ts';
import { pointerTo } from '../../../domain/json.ts';
import type { Trigger } from '../../../domain/trigger.ts';
import { EVENT_TRIGGERS } from './registration.ts';

const NAMES = EVENT_TRIGGERS.map(({ event }) => event).join(', ');

const attributes = z.object({
  url: z.string().meta({ description: 'The endpoint: an https URL of a public address.' }),
  enabled: z.boolean().optional().meta({ description: 'Whether events are sent. Default: true.' }),
  subscribedEvents: z.array(z.string()).meta({ description: `The events: ${NAMES}.` }),
  scopeType: z.string().min(1).max(64).optional().meta({ description: 'Kept as it is sent. Default: `organisation`.' }),
  scopeName: z.string().min(1).max(255).optional().meta({ description: "Kept as it is sent. Default: the tenant's name." }),
  entityId: z.string().min(1).max(255).optional().meta({ description: 'Kept; the list can be filtered by it.' }),
});

export const createSchema = z
  .object({ webhookSubscription: attributes.meta({ description: 'The webhook subscription.' }) })
  .meta({
    id: 'PassEntryCreate',
    description: 'A webhook subscription to create.',
    examples: [
      {
        webhookSubscription: {
          url: 'https://example.com/webhook',
          enabled: true,
          subscribedEvents: ['passInstalled', 'passRemoved'],
        },
      },
    ],
  });
export type Create = z.infer<typeof createSchema>['webhookSubscription'];

export const updateSchema = z
  .object({ webhookSubscription: attributes.partial().meta({ description: 'What to change; others stay.' }) })
  .meta({
    id: 'PassEntryUpdate',
    description: 'Members to change.',
    examples: [{ webhookSubscription: { subscribedEvents: ['passInstalled'] } }],
  });
export type Update = z.infer<typeof updateSchema>['webhookSubscription'];

const EVENTS_AT = '/webhookSubscription/subscribedEvents';

/** E-D5: each once. @throws Problem invalid, naming the unknown ones */
export function triggersOf(events: readonly string[]): readonly Trigger[] {
  if (events.length === 0) throw invalid([{ pointer: EVENTS_AT, detail: `must name at least one of ${NAMES}` }]);
  const errors = events.flatMap((name, index) =>
    EVENT_TRIGGERS.some(({ event }) => event === name)
      ? []
      : [{ pointer: pointerTo(EVENTS_AT, index), detail: `must be one of ${NAMES}, not ${name}` }],
  );
  if (errors.length > 0) throw invalid(errors);
  return EVENT_TRIGGERS.filter(({ event }) => events.includes(event)).map(({ trigger }) => trigger);
}

const MAX_PER_PAGE = 100;
const DEFAULT_PER_PAGE = 25;

export const listQuerySchema = z.object({
  perPage: z.coerce
    .number({ error: `must be a whole number from 1 to ${MAX_PER_PAGE}` })
    .int()
    .min(1)
    .max(MAX_PER_PAGE)
    .default(DEFAULT_PER_PAGE)
    .meta({ description: 'Registrations on a page.', examples: [5] }),
  page: z.coerce
    .number({ error: 'must be a whole number from 1' })
    .int()
    .min(1)
    .default(1)
    .meta({ description: 'The page, from 1.', examples: [1] }),
  entityId: z
    .string()
    .optional()
    .meta({ description: 'Only those of this entity.', examples: ['entity-1'] }),
});
