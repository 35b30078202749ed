import { toId } from '../../src/domain/id.ts';
import { eventually } from '../support/poll.ts';
import { nowMs } from './clock.ts';
import type { Installation } from './installation.ts';
import { type Answers, type Load, Producer } from './producer.ts';
import { brokenPromises } from './promises.ts';
import type { Scenario } from './scenarios/scenario.ts';
import { type Outcome, type StoredDelivery, tally } from './tally.ts';
import { makeTargets } from './targets.ts';

/** How much is sent, and how long outages last. */
export interface Size extends Load {
  readonly awayMs: number;
}

export const FULL: Size = { events: 10_000, sendForMs: 25_000, hostileEvents: 200, awayMs: 20_000 };
/** For `npm test`. */
export const SHORT: Size = { events: 400, sendForMs: 4000, hostileEvents: 60, awayMs: 5000 };

/** What a run came to, and which promises it broke. */
export interface Result extends Outcome, Answers {
  readonly name: string;
  readonly broken: readonly string[];
  readonly tookMs: number;
}

/** How long after the fault everything is waited for; what is still open then is lost. */
const DEADLINE_MS = 90_000;
const LOOK_AGAIN_MS = 250;
const BACK_MS = 30_000;

/** A run in the middle, for faults to happen to. */
export class Run {
  readonly installation: Installation;
  readonly producer: Producer;
  readonly size: Size;
  /** `webhook-id`s that were in flight when a fault struck. */
  readonly inFlight = new Set<string>();
  /** When the first fault struck. */
  struckAtMs: number | undefined;

  constructor(installation: Installation, producer: Producer, size: Size) {
    this.installation = installation;
    this.producer = producer;
    this.size = size;
  }

  /** Lets a fault happen, and notes what is in flight before and after it: claimed by a worker, and its result not written. */
  async strike(fault: (installation: Installation) => Promise<unknown>): Promise<void> {
    await this.#noteInFlight();
    this.struckAtMs ??= nowMs();
    await fault(this.installation);
    await this.#noteInFlight();
  }

  async #noteInFlight(): Promise<void> {
    const rows = await eventually(
      () => this.installation.query<{ message_id: string }>(`SELECT message_id FROM deliveries WHERE state = 'delivering'`),
      { what: 'an answer of Postgres', withinMs: BACK_MS },
    );
    for (const { message_id } of rows) this.inFlight.add(toId('message', message_id));
  }
}

/** Runs a scenario on an installation of its own: load, the fault when a quarter is accepted, the end of everything, the count. */
export async function run(installation: Installation, scenario: Scenario, size: Size): Promise<Result> {
  const startedAtMs = nowMs();
  await scenario.prepare?.(installation);
  await installation.startProcesses();
  const targets = await makeTargets(installation, scenario.ground ?? {});
  const producer = new Producer(targets, size);
  const running = new Run(installation, producer, size);
  let mendedAtMs: number | undefined;
  const happen = async (): Promise<void> => {
    await producer.reaches(1 / 4);
    await scenario.fault?.(running);
    if (scenario.fault) mendedAtMs = nowMs();
  };
  await Promise.all([producer.send(), happen()]);
  await settle(installation);
  const deliveries = await storedDeliveries(installation);
  const { arrivals, mostOpen } = await installation.receiver.call('seen');
  const { accepted, answers } = producer;
  const { inFlight, struckAtMs } = running;
  const ordered = scenario.ground?.ordered === true;
  const outcome = tally({ accepted, deliveries, arrivals, targets, mostOpen, inFlight, struckAtMs, mendedAtMs, ordered });
  const broken = brokenPromises(outcome, answers, scenario.promises ?? {});
  return { name: scenario.name, broken, tookMs: nowMs() - startedAtMs, ...outcome, ...answers };
}

/** Waits until every delivery has ended or is held, or the deadline has passed. */
async function settle(installation: Installation): Promise<void> {
  const deadlineAtMs = nowMs() + DEADLINE_MS;
  await eventually(
    async () => {
      const [open] = await installation.query(
        // deliveries_open_idx
        `SELECT FROM deliveries WHERE state IN ('pending', 'delivering', 'retrying', 'blocked') LIMIT 1`,
      );
      return !open || nowMs() > deadlineAtMs;
    },
    { what: 'a look at the deliveries', withinMs: DEADLINE_MS + BACK_MS, everyMs: LOOK_AGAIN_MS },
  );
  // the receiver may see the end of the last try a little later
  await eventually(async () => (await installation.receiver.call('openFor', { ms: 0 })) === 0, { withinMs: BACK_MS });
}

async function storedDeliveries(installation: Installation): Promise<StoredDelivery[]> {
  const rows = await installation.query<{ event_id: string; message_id: string; state: string; ended_at: Date | null }>(
    'SELECT event_id, message_id, state, ended_at FROM deliveries ORDER BY id',
  );
  return rows.map(({ event_id, message_id, state, ended_at }) => ({
    eventId: toId('event', event_id),
    webhookId: toId('message', message_id),
    state,
    endedAtMs: ended_at?.getTime(),
  }));
}
