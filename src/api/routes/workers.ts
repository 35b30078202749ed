import { z } from 'zod';
import type { WorkerRecord } from '../../ports/workers.ts';
import { EXAMPLE_IDS } from '../example-ids.ts';
import { idAnswer, instantAnswer } from '../paging.ts';
import { globalRoute, type Route } from '../route.ts';
import { forbiddenToBound } from '../scope.ts';

const EXAMPLE = {
  id: EXAMPLE_IDS.worker,
  startedAt: '2026-01-15T08:00:00.000Z',
  beatAgoMs: 420,
  version: '1.0.0',
  slots: 64,
  inFlight: 12,
  leads: true,
};

const workerSchema = z
  .strictObject({
    id: idAnswer('worker', 'Its id; another one after every start.'),
    startedAt: instantAnswer.meta({ description: 'When it started.' }),
    beatAgoMs: z
      .number()
      .meta({ description: 'How long ago it last said that it is alive; over 8,000 it counts as dead.' }),
    version: z.string().nullable().meta({ description: 'Its version. Null: an earlier one that does not say.' }),
    slots: z.int().nullable().meta({ description: 'Attempts that it has room for. Null: it does not say.' }),
    inFlight: z.int().nullable().meta({ description: 'Attempts that it makes now. Null: it does not say.' }),
    leads: z.boolean().meta({ description: 'Whether it runs the sweeps that one worker runs for all.' }),
  })
  .meta({ id: 'Worker', description: 'A worker process.', examples: [EXAMPLE] });

const workersSchema = z
  .strictObject({ data: z.array(workerSchema).meta({ description: 'All that have not signed off, oldest first.' }) })
  .meta({ id: 'Workers', description: 'The worker processes.', examples: [{ data: [EXAMPLE] }] });

function showWorker({ startedAt, version, slots, inFlight, ...rest }: WorkerRecord): z.infer<typeof workerSchema> {
  return {
    ...rest,
    startedAt: startedAt.toISOString(),
    version: version ?? null,
    slots: slots ?? null,
    inFlight: inFlight ?? null,
  };
}

export const workerRoutes: readonly Route[] = [
  globalRoute({
    tag: 'stats',
    method: 'get',
    path: '/v1/workers',
    operationId: 'listWorkers',
    summary: 'List the workers',
    status: 200,
    answer: workersSchema,
    async handle({ workers }, { caller }) {
      forbiddenToBound(caller);
      return { data: (await workers.list()).map(showWorker) };
    },
  }),
];
