import { z } from 'zod';
import type { GroupStatistics, StatisticsAnswer } from '../admin/statistics.ts';
import { FAILURE_CLASSES, type Statistics } from '../domain/statistics.ts';
import type { BacklogSample, RetriesAhead } from '../ports/statistics.ts';
import { EXAMPLE_IDS } from './example-ids.ts';
import { instantAnswer } from './paging.ts';

const count = (description: string) => z.int().meta({ description });

const STATISTICS_EXAMPLE = {
  attempts: { delivered: 1180, retryable: 25, permanent: 3 },
  ended: { succeeded: 1180, dead: 4 },
  successRate: 0.9966,
  failures: { timeout: 20, '5xx': 5, '4xx': 3 },
  answerMs: { p50: 88, p95: 310, p99: 870 },
};

const statisticsShape = {
  attempts: z
    .strictObject({
      delivered: count('Accepted by the receiver.'),
      retryable: count('Failed, to be tried again.'),
      permanent: count('Failed for good.'),
    })
    .meta({ description: 'Attempts by verdict. Tests are not counted.' }),
  ended: z
    .strictObject({ succeeded: count('Delivered.'), dead: count('Failed permanently.') })
    .meta({ description: 'Deliveries that ended; one that is replayed ends once more.' }),
  successRate: z
    .number()
    .nullable()
    .meta({ description: 'Of the deliveries that ended, the share that succeeded, 0 to 1. Null: none has ended.' }),
  failures: z
    .partialRecord(z.enum(FAILURE_CLASSES), z.int())
    .meta({ description: 'Attempts that failed, by class: how the exchange failed, or the class of the answer.' }),
  answerMs: z
    .strictObject({
      p50: z.number().meta({ description: 'Half of the answers were faster.' }),
      p95: z.number().meta({ description: '95 % were faster.' }),
      p99: z.number().meta({ description: '99 % were faster.' }),
    })
    .nullable()
    .meta({
      description:
        'Milliseconds from the beginning of an attempt to the end of its answer, at most 9 % off. Null: no answer.',
    }),
};

const bucketSchema = z
  .strictObject({ at: instantAnswer.meta({ description: 'When the bucket begins.' }), ...statisticsShape })
  .meta({
    id: 'StatisticsBucket',
    description: 'The statistics of one bucket of time.',
    examples: [{ at: '2026-01-15T12:00:00.000Z', ...STATISTICS_EXAMPLE }],
  });

const groupSchema = z
  .strictObject({
    group: z.string().meta({ description: 'The id or the trigger. Empty: nothing is grouped.' }),
    ...statisticsShape,
    buckets: z
      .array(bucketSchema)
      .nullable()
      .meta({ description: 'Those with an attempt, oldest first. Null: `bucket` was not given.' }),
  })
  .meta({
    id: 'StatisticsGroup',
    description: 'The statistics of one group.',
    examples: [{ group: EXAMPLE_IDS.subscription, ...STATISTICS_EXAMPLE, buckets: null }],
  });

const PERIOD_EXAMPLE = { from: '2026-01-14T12:00:00.000Z', to: '2026-01-15T12:00:00.000Z' };

export const statisticsSchema = z
  .strictObject({
    from: instantAnswer.meta({ description: 'The beginning of the period, widened to whole buckets.' }),
    to: instantAnswer.meta({ description: 'The end of the period, not part of it.' }),
    groups: z.array(groupSchema).meta({ description: 'Those with an attempt in the period.' }),
  })
  .meta({
    id: 'Statistics',
    description: 'What was attempted in a period, and how it ended. Attempts of the last seconds may be missing.',
    examples: [{ ...PERIOD_EXAMPLE, groups: (groupSchema.meta()?.examples ?? []) as never[] }],
  });

const sampleSchema = z
  .strictObject({
    at: instantAnswer.meta({ description: 'When it was counted.' }),
    oldestDueMs: z
      .number()
      .meta({ description: 'How long the delivery that waited longest had been due, in milliseconds.' }),
    states: z.record(z.string(), z.int()).meta({ description: 'Open deliveries by state, counted up to 100,000 in all.' }),
    parked: z
      .int()
      .nullable()
      .meta({ description: 'Of these, those that waited at the gate. Null: Redis did not answer.' }),
    failingEndpoints: count('Endpoints that were failing.'),
  })
  .meta({
    id: 'BacklogSample',
    description: 'What waited to be delivered.',
    examples: [
      {
        at: '2026-01-15T12:00:00.000Z',
        oldestDueMs: 120,
        states: { pending: 14, retrying: 220 },
        parked: 3,
        failingEndpoints: 1,
      },
    ],
  });

export const backlogSchema = z
  .strictObject({ samples: z.array(sampleSchema).meta({ description: 'One a minute, oldest first.' }) })
  .meta({
    id: 'Backlog',
    description: 'What waited, minute by minute.',
    examples: [{ samples: (sampleSchema.meta()?.examples ?? []) as never[] }],
  });

export const retriesAheadSchema = z
  .strictObject({
    buckets: z
      .array(
        z.strictObject({
          at: instantAnswer.meta({ description: 'When the bucket begins.' }),
          count: count('Retries that are due in it.'),
        }),
      )
      .meta({ description: 'Those with a retry, soonest first.' }),
    complete: z.boolean().meta({ description: 'False: there are so many that the later buckets were not counted fully.' }),
  })
  .meta({
    id: 'RetriesAhead',
    description: 'The retries that are planned.',
    examples: [{ buckets: [{ at: '2026-01-15T12:00:00.000Z', count: 40 }], complete: true }],
  });

function showStatistics({ attempts, ended, failures, answerMs }: Statistics) {
  const all = ended.succeeded + ended.dead;
  const round = (ms: number): number => Number(ms.toPrecision(3));
  return {
    attempts: { ...attempts },
    ended: { ...ended },
    successRate: all === 0 ? null : ended.succeeded / all,
    failures: { ...failures },
    answerMs: answerMs ? { p50: round(answerMs.p50), p95: round(answerMs.p95), p99: round(answerMs.p99) } : null,
  };
}

function showGroup({ group, total, buckets }: GroupStatistics): z.infer<typeof groupSchema> {
  const shown = buckets?.map(({ at, ...counted }) => ({ at: at.toISOString(), ...showStatistics(counted) }));
  return { group, ...showStatistics(total), buckets: shown ?? null };
}

export function showAllStatistics({ from, to, groups }: StatisticsAnswer): z.infer<typeof statisticsSchema> {
  return { from: from.toISOString(), to: to.toISOString(), groups: groups.map(showGroup) };
}

export function showSamples(samples: readonly BacklogSample[]): z.infer<typeof backlogSchema> {
  return {
    samples: samples.map(({ at, oldestDueMs, byState, parked, failingEndpoints }) => ({
      at: at.toISOString(),
      oldestDueMs,
      states: Object.fromEntries(byState),
      parked: parked ?? null,
      failingEndpoints,
    })),
  };
}

export function showRetriesAhead({ buckets, complete }: RetriesAhead): z.infer<typeof retriesAheadSchema> {
  return { buckets: buckets.map(({ at, count: due }) => ({ at: at.toISOString(), count: due })), complete };
}
