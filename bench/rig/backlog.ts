import { setTimeout as sleep } from 'node:timers/promises';
import type { Target } from './event.ts';
import type { Load, Sink } from './full-load.ts';

export interface WantedBacklog {
  readonly url: string;
  readonly sink: Sink;
  readonly load: Load;
  readonly ports: readonly number[];
  readonly targets: readonly Target[];
  /** Deliveries that are to be open at any time. */
  readonly size: number;
}

export interface Backlog {
  /** From now on posts as many as are delivered, first of all what was delivered so far. Resolves when all is queued again. */
  keepUp(): Promise<void>;
  /** Posts no more. */
  stop(): Promise<void>;
}

const BATCH_SIZE = 100;
const LOOK_AGAIN_MS = 25;
let backlogs = 0;

/** Queues `size` deliveries. Resolves when they are accepted. */
export async function queueBacklog({ url, sink, load, ports, targets, size }: WantedBacklog): Promise<Backlog> {
  const run = `backlog${process.pid}x${++backlogs}`;
  const receivedBefore = await sink.call('received', { ports });
  let posted = 0;
  const post = async (events: number): Promise<void> => {
    await load.call('postBatches', { url, targets, run, events, batchSize: BATCH_SIZE, lanes: 2, from: posted });
    posted += events;
  };
  await post(size);
  let stopped = false;
  let keeping: Promise<void> | undefined;
  const keep = async (isFull: () => void): Promise<void> => {
    while (!stopped) {
      const lacking = size - (posted - ((await sink.call('received', { ports })) - receivedBefore));
      if (lacking < 2 * BATCH_SIZE) isFull();
      if (lacking >= BATCH_SIZE) await post(lacking);
      else await sleep(LOOK_AGAIN_MS);
    }
  };
  return {
    async keepUp() {
      const full = Promise.withResolvers<void>();
      keeping = keep(full.resolve);
      keeping.catch(full.reject);
      await full.promise;
    },
    async stop() {
      stopped = true;
      await keeping;
    },
  };
}
