import { z } from 'zod';
import type { EventFacts } from '../domain/event.ts';
import { TRIGGERS } from '../domain/trigger.ts';
import type { EventRecord } from '../pipeline/ports.ts';
import { instantAnswer } from './paging.ts';

/** An event as it is stored: as posted, completed from what is known of the pass. */
export const factsSchema = z
  .looseObject({
    type: z.enum(TRIGGERS),
    templateId: z.string(),
    occurredAt: z.string(),
    pass: z.looseObject({ id: z.string() }),
  })
  .meta({ id: 'StoredEvent' });

export const eventSchema = z
  .strictObject({
    id: z.string(),
    tenantId: z.string(),
    templateId: z.string(),
    type: z.enum(TRIGGERS),
    passId: z.string(),
    derivedFrom: z.string().nullable().meta({ description: 'The event that this one follows from.' }),
    acceptedAt: instantAnswer,
    event: factsSchema,
  })
  .meta({ id: 'EventRecord' });

export function showFacts(facts: EventFacts): z.infer<typeof factsSchema> {
  return { ...facts, pass: { ...facts.pass } };
}

export function showEvent({
  id,
  tenantId,
  templateId,
  derivedFrom,
  facts,
  acceptedAt,
}: EventRecord): z.infer<typeof eventSchema> {
  return {
    id,
    tenantId,
    templateId,
    type: facts.type,
    passId: facts.pass.id,
    derivedFrom: derivedFrom ?? null,
    acceptedAt: acceptedAt.toISOString(),
    event: showFacts(facts),
  };
}
