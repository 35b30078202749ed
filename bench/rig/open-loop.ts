import type { Target } from './event.ts';
import { percentile } from './figures.ts';
import type { Load, Sink } from './full-load.ts';

export interface OpenLoop {
  readonly url: string;
  readonly sink: Sink;
  readonly load: Load;
  readonly ports: readonly number[];
  readonly targets: readonly Target[];
  readonly ratePerS: number;
  readonly seconds: number;
  /** How long to wait, after the last event was sent, for what has not come. */
  readonly patienceMs?: number;
}

export interface Latencies {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
  /** Events that were not delivered when the patience ended; they count as if they came then. */
  readonly missing: number;
  /** Until the API's 202. */
  readonly answerP50: number;
  readonly answerP99: number;
  /** How late the load generator itself was; a part of the latencies. */
  readonly lateP99: number;
}

const PATIENCE_MS = 10_000;
let runs = 0;

/**
 * Posts single events at a fixed rate. A latency, in milliseconds, is from the instant that the event was meant to be sent,
 * whether or not the API kept up, to the instant that its endpoint had received all of it.
 */
export async function measureLatency(wanted: OpenLoop): Promise<Latencies> {
  const { url, sink, load, ports, targets, ratePerS, seconds, patienceMs = PATIENCE_MS } = wanted;
  const run = `latency${process.pid}x${++runs}`;
  const events = Math.round(ratePerS * seconds);
  await sink.call('record', { run, ports });
  const sent = await load.call('sendAtRate', { url, targets, run, events, ratePerS });
  if (sent.failures > 0) throw new Error(`${sent.failures} of ${events} events were not accepted: ${sent.firstFailure}`);
  const { arrivals, endedAtMs } = await sink.call('arrivals', { total: events, withinMs: patienceMs });
  const latencies = arrivals.map((atMs, number) => (atMs ?? endedAtMs) - (sent.startedAtMs + number * sent.intervalMs));
  return {
    p50: percentile(latencies, 0.5),
    p99: percentile(latencies, 0.99),
    max: percentile(latencies, 1),
    missing: arrivals.filter((atMs) => atMs === null).length,
    answerP50: sent.answerP50Ms,
    answerP99: sent.answerP99Ms,
    lateP99: sent.latenessP99Ms,
  };
}
