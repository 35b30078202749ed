import { setTimeout as sleep } from 'node:timers/promises';
import { openDatabase } from '../../src/store/database.ts';
import { ensurePartitions } from '../../src/store/partitions.ts';
import { createRetentionStore } from '../../src/store/retention/retention.ts';
import { type Figure, figure, type PartResult } from '../rig/figures.ts';
import { deliver, openStage } from '../rig/full-load.ts';
import { type Latencies, measureLatency } from '../rig/open-loop.ts';
import { prefill } from '../rig/prefill.ts';
import type { Rig } from '../rig/rig.ts';

const RATE = 200;
const WEEK_MS = 7 * 24 * 60 * 60 * 1000;
/** The newest of the weeks that are dropped: the oldest that a partition is made for is this one. */
const FIRST_WEEK = 8;
const SAMPLES = 1000;
/** Into the measurement, in parts of it. */
const BEGINS_AT = 0.3;
const AGAIN_MS = 100;

interface Drop {
  /** Until the tables were detached, with all tries. */
  readonly detachMs: number;
  readonly dropMs: number;
  readonly tries: number;
}

/** What events take while a week of a million deliveries is dropped, beside the same without; a week for each round. */
export async function retention(rig: Rig): Promise<PartResult> {
  const rows = rig.sizes.stored.at(-1) ?? 0;
  const stage = await openStage(rig);
  const { installation } = stage;
  const url = rig.urlOf(installation.database);
  const db = openDatabase({ url });
  try {
    await ensurePartitions(db, Date.now() - (FIRST_WEEK + rig.sizes.rounds) * WEEK_MS);
    await deliver(rig, stage, SAMPLES);
    for (let round = 0; round < rig.sizes.rounds; round++) await prefill(url, rows, FIRST_WEEK + rig.sizes.rounds - round);
    const measure = (): Promise<Latencies> =>
      measureLatency({ ...stage, url: installation.url, ratePerS: RATE, seconds: rig.sizes.seconds });
    await measure();
    const without: Latencies[] = [];
    const beside: (Latencies & Drop)[] = [];
    for (let round = 0; round < rig.sizes.rounds; round++) {
      without.push(await measure());
      const [latencies, drop] = await Promise.all([measure(), dropLater(BEGINS_AT * rig.sizes.seconds * 1000)]);
      beside.push({ ...latencies, ...drop });
    }
    return { figures: figuresOf(rows, without, beside), detail: { without, beside } };
  } finally {
    await db.close();
  }

  /** As the leading worker does it: the oldest week. */
  async function dropLater(afterMs: number): Promise<Drop> {
    const store = createRetentionStore(db);
    await sleep(afterMs);
    const [week] = await store.expired(Date.now() - (FIRST_WEEK - 1) * WEEK_MS);
    if (!week) throw new Error('no week is past retention');
    const beganAtMs = performance.now();
    let tries = 1;
    while ((await store.remove(week)) !== 'removed') {
      tries += 1;
      await sleep(AGAIN_MS);
    }
    const detachedAtMs = performance.now();
    await store.dropRemoved();
    return { detachMs: detachedAtMs - beganAtMs, dropMs: performance.now() - detachedAtMs, tries };
  }
}

function figuresOf(rows: number, without: readonly Latencies[], beside: readonly (Latencies & Drop)[]): Figure[] {
  const what = `a week of ${rows.toLocaleString('en-US')} dropped`;
  const both = (name: string, of: (one: Latencies) => number): Figure[] => [
    figure(`${name}, nothing dropped`, 'ms', without.map(of)),
    figure(`${name}, ${what}`, 'ms', beside.map(of)),
  ];
  return [
    ...both(`at ${RATE}/s: API's answer p99`, ({ answerP99 }) => answerP99),
    ...both(`at ${RATE}/s: p99`, ({ p99 }) => p99),
    ...both(`at ${RATE}/s: max`, ({ max }) => max),
    figure(
      'detach of three tables',
      'ms',
      beside.map(({ detachMs }) => detachMs),
    ),
    figure(
      'drop of three tables',
      'ms',
      beside.map(({ dropMs }) => dropMs),
    ),
    figure(
      'tries',
      '',
      beside.map(({ tries }) => tries),
    ),
  ];
}
