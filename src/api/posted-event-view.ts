import { z } from 'zod';
import { checkInput } from '../domain/check-input.ts';
import { MAX_BATCH_EVENTS, postedEventSchema } from '../domain/event.ts';
import { type FieldError, findUnsupported, isObject } from '../domain/json.ts';
import { LossyEvent } from '../domain/read-posted-event.ts';
import type { Checked } from '../domain/schema.ts';
import { TRIGGER_TEXTS, type Trigger } from '../domain/trigger.ts';
import { type AcceptedResult, type EventResult, REFUSAL_CODES } from '../pipeline/classify-events.ts';
import { EXAMPLE_IDS } from './example-ids.ts';
import { idAnswer } from './paging.ts';
import { fieldErrorSchema } from './problem.ts';

// What is posted to `/v1/events` and `/v1/events/batch`, and the answers.

// The verbs read events themselves, one by one, with this schema: a bad one must not refuse its whole batch.
export const documentedEventSchema: z.ZodType<unknown> = postedEventSchema;

export const EVENT_EXAMPLES = Object.fromEntries(
  postedEventSchema.options.map((option) => {
    const { title = '', examples = [] } = option.meta() ?? {};
    return [title, { summary: TRIGGER_TEXTS[title as Trigger].label, value: (examples as object[])[0] ?? {} }];
  }),
);
const BATCH_EXAMPLE = {
  events: ['pass.created', 'pass.installed'].map((trigger, index) => ({
    ...EVENT_EXAMPLES[trigger]?.value,
    id: `batch-example-${index + 1}`,
  })),
};

const [firstInBatch, ...othersInBatch] = postedEventSchema.options.map((option) => {
  const { id, ...about } = option.meta() ?? {};
  const tenantId = z.string().optional().meta({
    description:
      'The tenant of the event, for a key that is bound to none. Any other key, or the request, may name no other.',
  });
  return option.extend({ tenantId }).meta({ ...about, id: `Batch${id}` });
});
if (!firstInBatch) throw new Error('no event can be posted');
const batchEventSchema = z.discriminatedUnion('type', [firstInBatch, ...othersInBatch]).meta({
  id: 'BatchEvent',
  description: 'An event of a batch: as it is posted alone, and it may name its tenant.',
  examples: BATCH_EXAMPLE.events,
});
const batchOf = (event: z.ZodType<unknown>) =>
  z.strictObject({
    events: z
      .array(event)
      .min(1)
      .max(MAX_BATCH_EVENTS)
      .meta({ description: `1 to ${MAX_BATCH_EVENTS} events.` }),
  });
export const batchSchema = batchOf(batchEventSchema).meta({
  id: 'EventBatch',
  description: 'Events to post together.',
  examples: [BATCH_EXAMPLE],
});
const unreadBatchSchema = batchOf(z.unknown());

const acceptedShape = {
  id: idAnswer('event', 'Our id of the event.'),
  duplicate: z.boolean().meta({ description: 'True: it was accepted before, under this id.' }),
  deliveries: z.int().optional().meta({
    description:
      'How many deliveries it leads to, with those of events derived from it. 0: `getEvent` has the reason. Absent for a duplicate.',
  }),
};
export const acceptedSchema = z.strictObject(acceptedShape).meta({
  id: 'AcceptedEvent',
  description: 'An event that is stored and will be delivered.',
  examples: [{ id: EXAMPLE_IDS.event, duplicate: false, deliveries: 1 }],
});
const index = z.int().meta({ description: 'The position in the batch, from 0.' });
const ACCEPTED_EXAMPLE = { index: 0, status: 'accepted', id: EXAMPLE_IDS.event, duplicate: false, deliveries: 1 };
const REFUSED_EXAMPLE = {
  index: 1,
  status: 'refused',
  code: 'invalid-input',
  errors: [{ pointer: '/events/1/occurredAt', detail: 'is required, as text' }],
};
const resultSchema = z
  .discriminatedUnion('status', [
    z
      .strictObject({ index, status: z.literal('accepted').meta({ description: 'It is stored.' }), ...acceptedShape })
      .meta({ id: 'AcceptedResult', description: 'The result for an accepted event.', examples: [ACCEPTED_EXAMPLE] }),
    z
      .strictObject({
        index,
        status: z.literal('refused').meta({ description: 'It is not stored.' }),
        code: z
          .enum(REFUSAL_CODES)
          .meta({ description: 'Why; but for `too-many-deliveries`, the code of the problem if it were posted alone.' }),
        errors: z.array(fieldErrorSchema).meta({ description: 'What to fix, and where.' }),
      })
      .meta({ id: 'RefusedResult', description: 'The result for a refused event.', examples: [REFUSED_EXAMPLE] }),
  ])
  .meta({ id: 'BatchResult', description: 'The result for one event of a batch.', examples: [ACCEPTED_EXAMPLE] });
export const batchAnswerSchema = z
  .strictObject({
    accepted: z.int().meta({ description: 'How many were accepted.' }),
    refused: z.int().meta({ description: 'How many were refused.' }),
    results: z.array(resultSchema).meta({ description: 'One for each event, in their order.' }),
  })
  .meta({
    id: 'BatchResults',
    description: 'The results for a batch.',
    examples: [{ accepted: 1, refused: 1, results: [ACCEPTED_EXAMPLE, REFUSED_EXAMPLE] }],
  });

export function showResult(result: EventResult, index: number): z.infer<typeof resultSchema> {
  if (result.kind === 'refused') return { index, status: 'refused', code: result.code, errors: [...result.errors] };
  return { index, status: 'accepted', ...showAccepted(result) };
}

export function showAccepted({ id, duplicate, deliveries }: AcceptedResult): z.infer<typeof acceptedSchema> {
  return { id, duplicate, ...(deliveries !== undefined && { deliveries }) };
}

/** Checks all of a batch but its events. Of an event that parsing lost something of, only the errors are left. */
export function readBatch(
  value: unknown,
  _schema: z.ZodType,
  lossy: readonly FieldError[],
): Checked<z.infer<typeof batchSchema>> {
  const ofEvents = new Map<number, FieldError[]>();
  const ofOthers: FieldError[] = [];
  for (const error of lossy) {
    const [, index] = /^\/events\/(\d+)(?:\/|$)/.exec(error.pointer) ?? [];
    if (index === undefined) ofOthers.push(error);
    else ofEvents.set(Number(index), [...(ofEvents.get(Number(index)) ?? []), error]);
  }
  const errors = [...ofOthers, ...findUnsupported(isObject(value) ? { ...value, events: [] } : value)];
  if (errors.length > 0) return { ok: false, errors };
  const checked = checkInput(unreadBatchSchema, value);
  if (!checked.ok) return checked;
  for (const [index, found] of ofEvents) checked.value.events[index] = new LossyEvent(found);
  return checked;
}
