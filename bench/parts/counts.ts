import type { CalledProcess } from '../../test/support/called-process.ts';
import type { RoundTripCommands } from '../preload/redis-round-trips.ts';
import { atMost, type PartResult } from '../rig/figures.ts';
import { deliver, type Sink, startLoad } from '../rig/full-load.ts';
import { Installation } from '../rig/installation.ts';
import type { Rig } from '../rig/rig.ts';
import { countStatements } from '../rig/statements.ts';
import { makeTargets } from '../rig/tenants.ts';

const PRELOAD = 'bench/preload/redis-round-trips.ts';
const TENANTS = 10;
const MAX_STATEMENTS = 0.2;
const MAX_ROUND_TRIPS = 3;

/** A round on an installation of its own, since counting costs time: no processor time is read here. */
export async function countFigures(rig: Rig, sink: Sink, ports: readonly number[]): Promise<PartResult> {
  const { load: events } = rig.sizes;
  const installation = await Installation.start(rig, { workers: 0, apiPreload: PRELOAD });
  await installation.startWorker(PRELOAD);
  const targets = await makeTargets(installation, ports, TENANTS);
  const stage = { installation, sink, load: startLoad(rig), ports, targets };
  await deliver(rig, stage, events / 2);
  const tripsBefore = await roundTrips(installation);
  let tripsAfter = tripsBefore;
  const counted = await countStatements(rig, installation.database, async () => {
    await deliver(rig, stage, events);
    tripsAfter = await roundTrips(installation);
  });
  await installation.end();
  const trips = tripsAfter.map((after, index) => (after - (tripsBefore[index] ?? 0)) / events);
  const statements = counted.reduce((sum, { calls }) => sum + calls, 0) / events;
  const [apiTrips = 0, workerTrips = 0] = trips;
  return {
    figures: [
      atMost('SQL statements per delivery', '', [statements], MAX_STATEMENTS),
      atMost('Redis round trips per delivery', '', [apiTrips + workerTrips], MAX_ROUND_TRIPS),
    ],
    detail: {
      redisRoundTrips: { api: apiTrips, worker: workerTrips },
      statements: counted.map(({ client, text, calls }) => ({ client, perDelivery: calls / events, text })),
    },
  };
}

/** Of the API, then of the worker. */
function roundTrips({ api, workers }: Installation): Promise<number[]> {
  return Promise.all(
    [api, ...workers].map((counted) => (counted as CalledProcess<RoundTripCommands>).call('redisRoundTrips')),
  );
}
