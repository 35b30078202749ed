import { z } from 'zod';
import { type BoardEntry, CONDITIONS, type ShownBoard } from '../admin/endpoint-board.ts';
import { endpointSchema, showEndpoint } from './endpoint-view.ts';
import { namesMember } from './names.ts';
import { instantAnswer, showInstant } from './paging.ts';

const count = (description: string) => z.int().meta({ description });

const LAST_ATTEMPT_EXAMPLE = {
  at: '2026-01-15T11:58:00.000Z',
  verdict: 'retryable',
  status: 503,
  reason: 'the endpoint answered 503',
  tookMs: 182,
};

const entryExample = {
  ...(endpointSchema.meta()?.examples?.[0] as object),
  condition: 'waiting',
  due: 12,
  held: 0,
  oldestMs: 4100,
  lastAttempt: LAST_ATTEMPT_EXAMPLE,
  disablesAt: null,
  lastHour: [{ delivered: 40, retryable: 2, permanent: 0 }],
};

const boardEntrySchema = endpointSchema
  .extend({
    condition: z.enum(CONDITIONS).meta({
      description:
        'In the order of the board. `open`, `half-open`: of its breaker; `throttled`: the receiver asked for a pause; `waiting`: deliveries wait for it.',
    }),
    due: count('Deliveries that are due and wait; counted up to 10,000.'),
    held: count('Deliveries that are held; counted up to 10,000.'),
    oldestMs: z.number().nullable().meta({ description: 'How long the oldest of these has waited. Null: nothing waits.' }),
    lastAttempt: z
      .strictObject({
        at: instantAnswer.meta({ description: 'When it began.' }),
        verdict: z.enum(['delivered', 'retryable', 'permanent']).meta({ description: 'How it was judged.' }),
        status: z.int().nullable().meta({ description: 'The HTTP status. Null: no answer.' }),
        reason: z.string().nullable().meta({ description: 'Why it failed. Null: it did not.' }),
        tookMs: z.number().nullable().meta({ description: 'How long it took. Null: nothing was sent.' }),
      })
      .nullable()
      .meta({ description: 'The last attempt, of its newest deliveries and those that wait longest. Null: none.' }),
    disablesAt: instantAnswer
      .nullable()
      .meta({ description: 'When it is disabled if it goes on failing. Null: it is not failing, or is disabled.' }),
    lastHour: z
      .array(
        z.strictObject({
          delivered: count('Accepted.'),
          retryable: count('Failed, to be tried again.'),
          permanent: count('Failed for good.'),
        }),
      )
      .meta({ description: 'Attempts of the last hour: twelve buckets of five minutes, oldest first.' }),
  })
  .meta({ id: 'BoardEndpoint', description: 'An endpoint as the board shows it.', examples: [entryExample] });

export const boardSchema = z
  .strictObject({
    counts: z
      .strictObject({
        active: count('Neither failing nor disabled.'),
        failing: count('Failing.'),
        disabled: count('Disabled.'),
      })
      .meta({ description: 'All that the query finds, shown or not.' }),
    endpoints: z.array(boardEntrySchema).meta({ description: 'Those that need attention first.' }),
    names: namesMember,
  })
  .meta({
    id: 'EndpointBoard',
    description: 'The endpoints, those that need attention first.',
    examples: [{ counts: { active: 40, failing: 1, disabled: 0 }, endpoints: [entryExample] }],
  });

export function showBoard({ counts, entries }: ShownBoard): z.infer<typeof boardSchema> {
  return { counts: { ...counts }, endpoints: entries.map(showEntry) };
}

function showEntry(entry: BoardEntry): z.infer<typeof boardEntrySchema> {
  const { condition, due, held, oldestMs, lastAttempt, disablesAt, lastHour } = entry;
  return {
    ...showEndpoint(entry),
    condition,
    due,
    held,
    oldestMs: oldestMs ?? null,
    lastAttempt: lastAttempt
      ? {
          at: lastAttempt.at.toISOString(),
          verdict: lastAttempt.verdict,
          status: lastAttempt.status ?? null,
          reason: lastAttempt.reason ?? null,
          tookMs: lastAttempt.tookMs ?? null,
        }
      : null,
    disablesAt: showInstant(disablesAt),
    lastHour: lastHour.map((bucket) => ({ ...bucket })),
  };
}
