import { setTimeout as sleep } from 'node:timers/promises';
import { queueBacklog } from '../rig/backlog.ts';
import { residentBytes } from '../rig/cpu.ts';
import { atMost, figure, type PartResult } from '../rig/figures.ts';
import { deliver, openStage, type Stage, startLoad } from '../rig/full-load.ts';
import type { Rig } from '../rig/rig.ts';

const MIB = 1024 * 1024;
const MOST_GROWTH_MIB = 50;
const SAMPLE_EVERY_MS = 200;

/**
 * What a backlog adds to a worker's memory: the most that it has in use while a big one is kept up, less the most that it
 * had under the same load with a small one.
 */
export async function memory(rig: Rig): Promise<PartResult> {
  const { smallBacklog, backlog, load: events } = rig.sizes;
  const stage = await openStage(rig);
  await deliver(rig, stage, events);
  const small = await watch(rig, stage, smallBacklog);
  const big = await watch(rig, stage, backlog);
  const [smallMib, bigMib] = [peak(small, 'workerMib'), peak(big, 'workerMib')];
  return {
    figures: [
      figure(`worker's peak, ${smallBacklog.toLocaleString('en-US')} queued`, 'MiB', [smallMib]),
      figure(`worker's peak, ${backlog.toLocaleString('en-US')} queued`, 'MiB', [bigMib]),
      atMost('growth by the big backlog', 'MiB', [bigMib - smallMib], MOST_GROWTH_MIB),
      figure(`Redis, ${backlog.toLocaleString('en-US')} queued`, 'MiB', [peak(big, 'redisMib')]),
    ],
    detail: { small, big },
  };
}

interface Sample {
  readonly workerMib: number;
  readonly redisMib: number;
}

/** Samples until the backlog is queued, and for a while of which it is kept up. */
async function watch(rig: Rig, { installation, sink, ports, targets }: Stage, size: number): Promise<Sample[]> {
  const samples: Sample[] = [];
  const sample = async (): Promise<void> => {
    const workerBytes = installation.workers.map(({ pid }) => residentBytes(pid));
    const redisBytes = Number(/used_memory:(\d+)/.exec(await rig.redis.info('memory'))?.[1]);
    samples.push({ workerMib: Math.max(...workerBytes) / MIB, redisMib: redisBytes / MIB });
  };
  const failures: unknown[] = [];
  const timer = setInterval(() => void sample().catch((error: unknown) => failures.push(error)), SAMPLE_EVERY_MS);
  try {
    const { url } = installation;
    const backlog = await queueBacklog({ url, sink, load: startLoad(rig), ports, targets, size });
    await backlog.keepUp();
    await sleep(2 * rig.sizes.seconds * 1000);
    await backlog.stop();
  } finally {
    clearInterval(timer);
  }
  // a figure that lacks samples would look better than it is
  if (failures.length > 0) throw new Error(`${failures.length} samples could not be taken`, { cause: failures[0] });
  return samples;
}

function peak(samples: readonly Sample[], what: keyof Sample): number {
  return Math.max(...samples.map((sample) => sample[what]));
}
