import { setTimeout as sleep } from 'node:timers/promises';
import { figure, type PartResult, ratios } from '../rig/figures.ts';
import { deliver, deliverAndCost, type FullLoadCosts, openStage } from '../rig/full-load.ts';
import type { Installation } from '../rig/installation.ts';
import type { Rig } from '../rig/rig.ts';

/** More than the half second in which processes notice that somebody watches, or nobody does. */
const NOTICED_MS = 1500;
const STREAM_KEY = '{passwire}:changes';

/** What it costs that somebody watches all tenants (`GET /v1/stream`): rounds with and without, the first of each pair in turn. */
export async function watching(rig: Rig): Promise<PartResult> {
  const { rounds, load: events } = rig.sizes;
  const stage = await openStage(rig);
  await deliver(rig, stage, events);
  const watched: FullLoadCosts[] = [];
  const unwatched: FullLoadCosts[] = [];
  let messages = 0;
  const withWatcher = async (): Promise<void> => {
    const watcher = await watch(stage.installation);
    watched.push(await deliverAndCost(rig, stage, events));
    messages = await watcher.end();
  };
  const without = async (): Promise<void> => {
    await rig.redis.unlink(STREAM_KEY, `${STREAM_KEY}:epoch`); // else it stays for two minutes
    await sleep(NOTICED_MS);
    unwatched.push(await deliverAndCost(rig, stage, events));
  };
  for (let round = 0; round < 2 * rounds; round++) {
    const pair = [withWatcher, without];
    for (const measure of round % 2 === 0 ? pair : pair.reverse()) await measure();
  }
  const of = (costs: readonly FullLoadCosts[], what: keyof FullLoadCosts): number[] => costs.map((cost) => cost[what]);
  return {
    figures: [
      figure('deliveries, watched', '/s', of(watched, 'deliveriesPerS')),
      figure('deliveries, not watched', '/s', of(unwatched, 'deliveriesPerS')),
      ...(['workerUs', 'apiUs', 'redisUs'] as const).flatMap((what) => [
        figure(`${what.replace('Us', '')} per delivery, watched`, 'us', of(watched, what)),
        figure(`${what.replace('Us', '')} per delivery, not watched`, 'us', of(unwatched, what)),
      ]),
      figure('worker watched / not watched', 'x', ratios(of(watched, 'workerUs'), of(unwatched, 'workerUs'))),
    ],
    notes: [`the last watcher was sent ${messages} messages, and the number of the others`],
  };
}

/** Watches every delivery of every tenant, and counts the messages. */
async function watch({ url, adminKey }: Installation) {
  const stop = new AbortController();
  const response = await fetch(`${url}/v1/stream?topics=deliveries`, {
    headers: { authorization: `Bearer ${adminKey}` },
    signal: stop.signal,
  });
  if (!response.ok || !response.body) throw new Error(`the stream was refused: ${response.status}`);
  let messages = 0;
  const reading = (async (body: ReadableStream<Uint8Array>) => {
    const decoder = new TextDecoder();
    for await (const chunk of body) messages += decoder.decode(chunk).split('event: delivery').length - 1;
  })(response.body).catch(() => {}); // ended below
  await sleep(NOTICED_MS);
  return {
    async end(): Promise<number> {
      stop.abort();
      await reading;
      return messages;
    },
  };
}
