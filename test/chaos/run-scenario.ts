import { toId } from '../../src/domain/id.ts';
import { eventually } from '../support/poll.ts';
import { nowMs } from './clock.ts';
import type { Installation } from './installation.ts';
import { type Answers, Producer } from './producer.ts';
import { brokenPromises } from './promises.ts';
import { brokenByRefusals, type Refusals } from './refusals.ts';
import { Run, type Size } from './run.ts';
import type { Scenario } from './scenarios/scenario.ts';
import { type Outcome, type StoredDelivery, tally } from './tally.ts';
import { makeTargets } from './targets.ts';

/** The outcome of a run, and the promises it broke. */
export interface Result extends Outcome, Answers {
  readonly name: string;
  readonly broken: readonly string[];
  readonly refusals: Refusals | undefined;
  readonly tookMs: number;
}

/** How long after the fault everything may take to end; deliveries that are still open then are lost. Stretched by `patience`. */
const DEADLINE_MS = 90_000;
const LOOK_AGAIN_MS = 250;
const ANSWER_WITHIN_MS = 120_000;

/** Runs a scenario on an installation of its own: load, the fault when a quarter is accepted, the end of everything, the count. */
export async function runScenario(installation: Installation, scenario: Scenario, size: Size): Promise<Result> {
  const startedAtMs = nowMs();
  const patienceBefore = size.patience();
  await scenario.prepare?.(installation);
  await installation.startProcesses();
  const targets = await makeTargets(installation, scenario.ground ?? {});
  const producer = new Producer(targets, { ...size, eventBytes: scenario.ground?.eventBytes ?? 0 });
  const running = new Run(
    installation,
    producer,
    [...new Set(targets.map(({ client }) => client))],
    size,
    scenario.promises?.hitsInFlight,
  );
  let faultEndedAtMs: number | undefined;
  const happen = async (): Promise<void> => {
    await producer.reaches(1 / 4);
    await scenario.fault?.(running);
    if (scenario.fault) faultEndedAtMs = nowMs();
  };
  await Promise.all([producer.send(), happen()]);
  await settle(installation, DEADLINE_MS * patienceBefore);
  const deliveries = await storedDeliveries(installation);
  const { arrivals, mostOpen } = await installation.receiver.call('seen');
  const { accepted, answers } = producer;
  const { inFlight, struckAtMs, refusals } = running;
  const ordered = scenario.ground?.ordered === true;
  const outcome = tally({
    accepted,
    deliveries,
    arrivals,
    targets,
    mostOpen,
    inFlight,
    struckAtMs,
    faultEndedAtMs,
    ordered,
  });
  const patience = Math.max(patienceBefore, size.patience());
  const broken = [
    ...brokenPromises(outcome, answers, scenario.promises ?? {}, patience),
    ...(refusals ? brokenByRefusals(refusals, patience) : []),
  ];
  return { name: scenario.name, broken, refusals, tookMs: nowMs() - startedAtMs, ...outcome, ...answers };
}

/** Waits until every delivery has ended or is held, or the deadline has passed. */
async function settle(installation: Installation, deadlineMs: number): Promise<void> {
  const deadlineAtMs = nowMs() + deadlineMs;
  await eventually(
    async () => {
      const [open] = await installation.query(
        // deliveries_open_idx
        `SELECT FROM deliveries WHERE state IN ('pending', 'delivering', 'retrying', 'blocked') LIMIT 1`,
      );
      return !open || nowMs() > deadlineAtMs;
    },
    { what: 'a look at the deliveries', withinMs: deadlineMs + ANSWER_WITHIN_MS, everyMs: LOOK_AGAIN_MS },
  );
  // the receiver may see the end of the last try a little later
  await eventually(async () => (await installation.receiver.call('openFor', { ms: 0 })) === 0, {
    withinMs: ANSWER_WITHIN_MS,
  });
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
