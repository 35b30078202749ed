import type { Client } from '../../support/client.ts';
import { eventually } from '../../support/poll.ts';
import type { Run } from '../run.ts';
import { killAWorker } from './processes.ts';
import type { Scenario } from './scenario.ts';

const LONG_AGO = '2020-01-01T00:00:00Z';
const DEADLINE_MS = 300_000;

/** Faults during a bulk replay. */
export const REPLAY_FAULTS: readonly Scenario[] = [
  {
    name: 'replay-and-worker-killed',
    what: 'the worker that runs bulk replays is killed (-9), and another one started',
    ground: { delayMs: 300, refuseWith: 413 },
    promises: { hitsInFlight: true, allSucceed: true },
    async fault(run) {
      const { installation, producer, size } = run;
      await producer.reaches(1);
      await eventually(() => areDead(run, size.events), { what: 'every delivery dead', withinMs: DEADLINE_MS });
      await installation.receiver.call('acceptAll');
      const replays = await Promise.all(run.clients.map(startReplay));
      await eventually(() => haveSent(run, size.events / 4), {
        what: 'a quarter sent again',
        withinMs: DEADLINE_MS,
        everyMs: 5,
      });
      await killAWorker(run); // the one that started first leads
      const ends = replays.map((isDone) =>
        eventually(isDone, { what: 'the end of a replay', withinMs: DEADLINE_MS, everyMs: 250 }),
      );
      await Promise.all(ends);
    },
  },
];

async function startReplay(client: Client): Promise<() => Promise<boolean>> {
  const { confirmToken } = await client.ok('POST', '/v1/replays/dry-run', { after: LONG_AGO });
  const { id } = await client.ok('POST', '/v1/replays', { confirmToken, ratePerSecond: 500 });
  return async () => (await client.ok('GET', `/v1/replays/${id}`)).state === 'done';
}

async function areDead({ installation }: Run, count: number): Promise<boolean> {
  const [row] = await installation.query<{ dead: number }>(
    `SELECT count(*)::int AS dead FROM deliveries WHERE state = 'dead'`,
  );
  return row?.dead === count;
}

async function haveSent({ installation }: Run, count: number): Promise<boolean> {
  const [row] = await installation.query<{ sent: number }>('SELECT coalesce(sum(sent), 0)::int AS sent FROM replays');
  return (row?.sent ?? 0) >= count;
}
