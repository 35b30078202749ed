import { setTimeout as sleep } from 'node:timers/promises';
import { Agent } from 'undici';
import { serve } from '../../test/support/calls.ts';
import { monotonicMs } from '../rig/clock.ts';
import { postedEvent, type Target } from '../rig/event.ts';
import { percentile } from '../rig/figures.ts';

// The producer: posts events to the API, in batches as fast as it takes them, or one by one at a fixed rate.

const agent = new Agent({ connections: 64, pipelining: 1, keepAliveTimeout: 30_000 });

interface Wanted {
  readonly url: string;
  readonly targets: readonly Target[];
  /** Part of the events' ids. */
  readonly run: string;
  readonly events: number;
}

async function post(url: string, path: string, key: string, body: string): Promise<string> {
  const answer = await agent.request({
    origin: url,
    path,
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body,
  });
  const text = await answer.body.text();
  if (answer.statusCode !== 202) throw new Error(`POST ${path}: ${answer.statusCode} ${text}`);
  return text;
}

/** Batches of `batchSize`, each of one tenant and spread over its endpoints; `lanes` requests at a time. */
async function postBatches(
  wanted: Wanted & { readonly batchSize: number; readonly lanes: number; readonly from?: number },
) {
  const { url, targets, run, events, batchSize, lanes, from = 0 } = wanted;
  const tenants = Map.groupBy(targets, ({ tenant }) => tenant)
    .values()
    .toArray();
  const startedAtMs = monotonicMs();
  let batches = 0;
  const lane = async (): Promise<void> => {
    for (let batch = batches++; batch * batchSize < events; batch = batches++) {
      const ofTenant = tenants[batch % tenants.length] ?? [];
      const [{ key = '' } = {}] = ofTenant;
      const size = Math.min(batchSize, events - batch * batchSize);
      const body = Array.from({ length: size }, (_, index) => {
        const target = ofTenant[index % ofTenant.length] as Target;
        return postedEvent(target, run, from + batch * batchSize + index);
      });
      const { accepted } = JSON.parse(await post(url, '/v1/events/batch', key, JSON.stringify({ events: body })));
      if (accepted !== size) throw new Error(`${accepted} of ${size} events were accepted`);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return { startedAtMs, elapsedMs: monotonicMs() - startedAtMs };
}

/**
 * One event every 1/`ratePerS` s, to the targets in turn, whether or not earlier ones were answered (open loop): event n is
 * meant for `startedAtMs + n * intervalMs`, and its latency counts from there, however late this process or the API was.
 */
async function sendAtRate({ url, targets, run, events, ratePerS }: Wanted & { readonly ratePerS: number }) {
  const intervalMs = 1000 / ratePerS;
  const startedAtMs = monotonicMs() + 20;
  const latenessMs: number[] = [];
  const answerMs: number[] = [];
  const failures: string[] = [];
  const underWay: Promise<void>[] = [];
  for (let number = 0; number < events; number++) {
    const meantAtMs = startedAtMs + number * intervalMs;
    while (monotonicMs() < meantAtMs) await sleep(Math.max(1, Math.floor(meantAtMs - monotonicMs())));
    const target = targets[number % targets.length] as Target;
    latenessMs.push(monotonicMs() - meantAtMs);
    const sending = post(url, '/v1/events', target.key, JSON.stringify(postedEvent(target, run, number)))
      .then(() => void answerMs.push(monotonicMs() - meantAtMs))
      .catch((error: unknown) => void failures.push(String(error)));
    underWay.push(sending);
  }
  await Promise.all(underWay);
  return {
    startedAtMs,
    intervalMs,
    failures: failures.length,
    firstFailure: failures[0],
    latenessP99Ms: percentile(latenessMs, 0.99),
    answerP50Ms: percentile(answerMs, 0.5),
    answerP99Ms: percentile(answerMs, 0.99),
  };
}

const commands = { postBatches, sendAtRate };

export type LoadCommands = typeof commands;
serve(commands);
