import { z } from 'zod';
import { isOperationalEvent, passIdOf, type StoredEvent } from '../domain/operational-event.ts';
import { OPERATIONAL_TRIGGERS, PASS_TRIGGERS, TRIGGERS } from '../domain/trigger.ts';
import { UNDELIVERED_REASONS, UNDELIVERED_TEXTS } from '../domain/undelivered.ts';
import type { EventRecord } from '../ports/events.ts';
import { contentRemovedAnswer, showRemoval } from './content-removed.ts';
import { DELIVERY_EXAMPLE, deliverySchema, passIdAnswer } from './delivery-view.ts';
import { EXAMPLE_IDS } from './example-ids.ts';
import { idAnswer, instantAnswer } from './paging.ts';

export const STORED_EVENT_EXAMPLE = {
  type: 'pass.installed',
  id: 'install-1042',
  templateId: EXAMPLE_IDS.template,
  occurredAt: '2026-01-15T12:00:00Z',
  pass: { id: '7Hq2vXk0', userProvidedId: 'customer-1042', fields: { first_name: 'Ann', points: 120 } },
  device: { platform: 'apple', os: 'iOS', installId: 'c1f8a0', registeredAt: '2026-01-15T12:00:00Z' },
  registrations: { active: 1, inactive: 0 },
  first: true,
};

const passEventSchema = z
  .looseObject({
    type: z.enum(PASS_TRIGGERS).meta({ description: 'The trigger.' }),
    templateId: z.string().meta({ description: 'The template, as posted.' }),
    occurredAt: z.string().meta({ description: 'When it happened, as posted.' }),
    pass: z
      .looseObject({ id: z.string().meta({ description: "The pass system's own id." }) })
      .meta({ description: 'The pass, as posted.' }),
  })
  .meta({
    id: 'StoredEvent',
    description: 'An event as it is stored: as posted, completed from what is known of the pass.',
    examples: [STORED_EVENT_EXAMPLE],
  });

const operationalEventSchema = z
  .looseObject({
    type: z.enum(OPERATIONAL_TRIGGERS).meta({ description: 'The trigger.' }),
    occurredAt: z.string().meta({ description: 'When it happened.' }),
    data: z.looseObject({}).meta({ description: 'The endpoint or delivery that it is about, as it is sent.' }),
  })
  .meta({
    id: 'OperationalEvent',
    description: "An event of Passwire's own, about an endpoint or a delivery.",
    examples: [
      {
        type: 'endpoint.recovered',
        occurredAt: '2026-01-15T12:00:00.000Z',
        data: { endpointId: EXAMPLE_IDS.endpoint, url: 'https://hooks.example.com/wallet' },
      },
    ],
  });

export const storedEventSchema = z.union([passEventSchema, operationalEventSchema]);

const EVENT_EXAMPLE = {
  id: EXAMPLE_IDS.event,
  tenantId: EXAMPLE_IDS.tenant,
  templateId: EXAMPLE_IDS.template,
  type: 'pass.installed',
  passId: '7Hq2vXk0',
  derivedFrom: null,
  undelivered: null,
  contentRemoved: null,
  acceptedAt: '2026-01-15T12:00:00.000Z',
  event: STORED_EVENT_EXAMPLE,
};

export const eventSchema = z
  .strictObject({
    id: idAnswer('event', 'Its id.'),
    tenantId: idAnswer('tenant', 'Its tenant.'),
    templateId: z.string().nullable().meta({ description: 'Its template. Null: an operational event.' }),
    type: z.enum(TRIGGERS).meta({ description: 'The trigger.' }),
    passId: passIdAnswer,
    derivedFrom: z.string().nullable().meta({ description: 'The event that this one was derived from. Null: none.' }),
    undelivered: z
      .enum(UNDELIVERED_REASONS)
      .nullable()
      .meta({
        description: [
          'Why it led to no delivery when it was accepted. Null: it led to one, or is operational.',
          ...UNDELIVERED_REASONS.map((reason) => `- \`${reason}\`: ${UNDELIVERED_TEXTS[reason]}`),
        ].join('\n'),
      }),
    acceptedAt: instantAnswer.meta({ description: 'When it was accepted.' }),
    contentRemoved: contentRemovedAnswer,
    event: storedEventSchema.nullable().meta({ description: 'The event itself. Null: it was removed.' }),
  })
  .meta({ id: 'EventRecord', description: 'A stored event.', examples: [EVENT_EXAMPLE] });

export const MAX_SHOWN_DELIVERIES = 100;

export const eventWithDeliveriesSchema = eventSchema
  .extend({
    deliveries: z.array(deliverySchema).meta({
      description: `Its deliveries, at most ${MAX_SHOWN_DELIVERIES}; \`listDeliveries\` lists all.`,
    }),
  })
  .meta({
    id: 'EventWithDeliveries',
    description: 'A stored event with its deliveries.',
    examples: [{ ...EVENT_EXAMPLE, deliveries: [DELIVERY_EXAMPLE] }],
  });

export function showStoredEvent(event: StoredEvent): z.infer<typeof storedEventSchema> {
  if (isOperationalEvent(event)) return { ...event.facts, data: { ...event.facts.data } };
  return { ...event.facts, pass: { ...event.facts.pass } };
}

export function showEvent(event: EventRecord): z.infer<typeof eventSchema> {
  const shown = showStoredEvent(event);
  return {
    id: event.id,
    tenantId: event.tenantId,
    templateId: isOperationalEvent(event) ? null : event.templateId,
    type: shown.type,
    passId: passIdOf(event),
    derivedFrom: (isOperationalEvent(event) ? undefined : event.derivedFrom) ?? null,
    undelivered: event.undelivered ?? null,
    acceptedAt: event.acceptedAt.toISOString(),
    contentRemoved: showRemoval(event.removed),
    event: event.removed ? null : shown,
  };
}
