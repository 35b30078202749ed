import { z } from 'zod';
import type { CurrentWork } from '../ports/current-work.ts';

export const currentWorkSchema = z
  .strictObject({
    states: z.record(z.string(), z.int()).meta({ description: 'Open deliveries by state.' }),
    parked: z.int().nullable().meta({
      description: 'Of these, those that wait at the gate. Null: Redis does not answer, or this is about one tenant.',
    }),
    deadLetters: z.int().meta({ description: 'Open dead letters.' }),
    oldestDueMs: z.number().meta({
      description: 'How long the delivery that waits longest has been due, in milliseconds. 0: none is due.',
    }),
    acceptedPerSecond: z.number().meta({ description: 'Events accepted per second, over the last five minutes.' }),
    complete: z.boolean().meta({ description: 'False: there are so many that counting stopped at 100,000.' }),
  })
  .meta({
    id: 'CurrentWork',
    description: 'What is open now.',
    examples: [
      {
        states: { pending: 14, retrying: 220 },
        parked: 3,
        deadLetters: 2,
        oldestDueMs: 120,
        acceptedPerSecond: 12.4,
        complete: true,
      },
    ],
  });

/** @param parked undefined: unknown */
export function showCurrentWork(
  { byState, acceptedPerSecond, ...rest }: CurrentWork,
  parked: number | undefined,
): z.infer<typeof currentWorkSchema> {
  return {
    ...rest,
    states: Object.fromEntries(byState),
    parked: parked ?? null,
    acceptedPerSecond: Number(acceptedPerSecond.toPrecision(3)),
  };
}
