import { z } from 'zod';
import { isOperationalEvent, passIdOf, type StoredEvent } from '../domain/operational-event.ts';
import { OPERATIONAL_TRIGGERS, PASS_TRIGGERS, TRIGGERS } from '../domain/trigger.ts';
import type { EventRecord } from '../ports/events.ts';
import { instantAnswer } from './paging.ts';

/** An event as it is stored: as posted, completed from what is known of the pass. */
const factsSchema = z
  .looseObject({
    type: z.enum(PASS_TRIGGERS),
    templateId: z.string(),
    occurredAt: z.string(),
    pass: z.looseObject({ id: z.string() }),
  })
  .meta({ id: 'StoredEvent' });

/** What Passwire says of endpoints and deliveries; `data` is as it is sent. */
const noticeSchema = z
  .looseObject({ type: z.enum(OPERATIONAL_TRIGGERS), occurredAt: z.string(), data: z.looseObject({}) })
  .meta({ id: 'OperationalEvent' });

export const storedEventSchema = z.union([factsSchema, noticeSchema]);

export const eventSchema = z
  .strictObject({
    id: z.string(),
    tenantId: z.string(),
    templateId: z.string().nullable().meta({ description: 'Null: an operational event.' }),
    type: z.enum(TRIGGERS),
    passId: z.string().meta({ description: 'Empty when the event is about an endpoint.' }),
    derivedFrom: z.string().nullable().meta({ description: 'The event that this one follows from.' }),
    acceptedAt: instantAnswer,
    event: storedEventSchema,
  })
  .meta({ id: 'EventRecord' });

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
    acceptedAt: event.acceptedAt.toISOString(),
    event: shown,
  };
}
