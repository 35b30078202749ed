import { eventually } from '../../support/poll.ts';
import type { TestProcess } from '../../support/process.ts';
import type { Installation } from '../installation.ts';
import type { Run } from '../run.ts';
import type { Scenario } from './scenario.ts';

const IN_A_ROW = 6;
/** How slow receivers are that a stopping worker does not wait for; within their timeout. */
const SLOW_MS = 8000;
const SLOW_AFTER_MS = 500;
/** Enough for some endpoints to be at their limit, so that others wait for their places. */
const SLOW_REQUESTS = 80;

/** Long enough that workers have deliveries in flight at any moment. */
const SLOW_GROUND = { delayMs: 300 };

/** Faults of API and workers. */
export const PROCESS_FAULTS: readonly Scenario[] = [
  {
    name: 'worker-killed',
    what: 'a worker is killed (-9), and another one started',
    ground: SLOW_GROUND,
    // half the lease of 40 s: what the worker had in flight does not wait for it to run out
    promises: { hitsInFlight: true, maxDelayMs: 20_000 },
    fault: killAWorker,
  },
  {
    name: 'worker-killed-6x',
    what: 'a worker is killed (-9) six times in a row',
    ground: SLOW_GROUND,
    promises: { hitsInFlight: true },
    async fault(run) {
      for (let kill = 1; kill <= IN_A_ROW; kill++) {
        await killAWorker(run);
        await run.producer.reaches(1 / 4 + kill / 12);
      }
    },
  },
  {
    name: 'backlog-and-worker-killed',
    what: 'a worker is killed (-9) at the head of a backlog, and another one started',
    ground: SLOW_GROUND,
    promises: { hitsInFlight: true, maxDelayMs: 30_000 },
    async fault(run) {
      const { installation, producer } = run;
      for (const worker of installation.workers) stopped(await worker.stop());
      await producer.reaches(1);
      await installation.startProcesses();
      const busy = async () => (await installation.receiver.call('openFor', { ms: 0 })) > 0;
      await eventually(busy, { what: 'workers at the backlog' });
      await killAWorker(run);
    },
  },
  {
    name: 'api-killed',
    what: 'the API is killed (-9) in mid-batch, and another one started',
    promises: { noDuplicates: true },
    async fault(run) {
      await run.strike(async ({ api }) => {
        await eventually(() => run.producer.underWay > 0, { what: 'a batch under way', everyMs: 1 });
        await api.kill();
      });
      await eventually(() => run.producer.answers.repeats > 0);
      await run.installation.startProcesses();
    },
  },
  {
    name: 'worker-stopped',
    what: 'a worker is told to stop (SIGTERM) under load, and another one started',
    ground: SLOW_GROUND,
    promises: { hitsInFlight: true, noDuplicates: true },
    async fault(run) {
      await run.strike(async (installation) => stopped(await firstOf(installation).stop()));
      await run.installation.startWorker();
    },
  },
  {
    name: 'worker-stopped-late',
    what: 'a worker that is told to stop hands back what does not end in time',
    env: { SHUTDOWN_TIMEOUT_MS: '200' },
    // less than the lease of 40 s: nothing waits for one to run out
    promises: { hitsInFlight: true, maxDelayMs: 30_000 },
    async fault(run) {
      const { receiver } = run.installation;
      const slow = async () => (await receiver.call('openFor', { ms: SLOW_AFTER_MS })) >= SLOW_REQUESTS;
      await receiver.call('delayAll', { delayMs: SLOW_MS });
      await eventually(slow, { what: 'slow requests' });
      await receiver.call('delayAll', { delayMs: 0 });
      await run.strike(async (installation) => {
        const worker = firstOf(installation);
        stopped(await worker.stop());
        const { arrivals } = await receiver.call('seen');
        if (!arrivals.some(({ fate }) => fate === 'cut')) throw new Error('the worker waited for the receiver');
        if (!worker.output.includes('giving their claims back')) throw new Error('the worker had nothing to hand back');
      });
      await run.installation.startWorker();
    },
  },
];

export async function killAWorker(run: Run): Promise<void> {
  await run.strike((installation) => firstOf(installation).kill());
  await run.installation.startWorker();
}

function firstOf({ workers: [first] }: Installation): TestProcess {
  if (!first) throw new Error('no worker runs');
  return first;
}

/** @throws Error unless it ended in good order */
function stopped({ code, signal }: Awaited<ReturnType<TestProcess['stop']>>): void {
  if (code !== 0) throw new Error(`the worker ended with ${code ?? signal}`);
}
