import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type DeliveryId, toUuid } from '../../../src/domain/id.ts';
import type { Database } from '../../../src/store/database.ts';
import { useDatabase } from '../../support/database.ts';
import { type Answer, AT_ONCE, disorder, givenInstallation, type Installation, rowsOf } from './installation.ts';

// Producer, people, workers and an auditor go at the store at once, each by a script of its own; Postgres mixes them.

const db = useDatabase();

const PASSES = ['stuck', 'a', 'b', 'c'];
const OPEN = ['pending', 'delivering', 'retrying', 'blocked', 'parked', 'held'];

type Deed = 'cancel' | 'replay' | 'replay anew' | 'disable' | 'enable' | 'sweep';

interface Script {
  /** Requests, each with its events' passes. */
  readonly requests: readonly (readonly string[])[];
  /** What people and the sweep do, to which of the deliveries so far, after how many milliseconds. */
  readonly deeds: readonly { readonly deed: Deed; readonly which: number; readonly afterMs: number }[];
  /** What the receiver answers, one after another and again from the start. */
  readonly answers: readonly Answer[];
  /** How many offers in ten are lost on their way to a worker. */
  readonly lossiness: number;
  /** Deliveries that a worker has in flight at once. */
  readonly slots: number;
}

const scripts: fc.Arbitrary<Script> = fc.record({
  requests: fc.array(fc.array(fc.constantFrom(...PASSES), { minLength: 1, maxLength: 5 }), { minLength: 2, maxLength: 10 }),
  deeds: fc.array(
    fc.record({
      deed: fc.constantFrom<Deed>('cancel', 'cancel', 'replay', 'replay', 'replay anew', 'disable', 'enable', 'sweep'),
      which: fc.nat(),
      afterMs: fc.nat({ max: 12 }),
    }),
    { maxLength: 16 },
  ),
  answers: fc.array(fc.constantFrom<Answer>('ok', 'ok', 'ok', 'fail', 'fail', 'gone'), { minLength: 1, maxLength: 20 }),
  lossiness: fc.nat({ max: 3 }),
  slots: fc.integer({ min: 1, max: 4 }),
});

/** What one run knows of its deliveries. */
interface Story {
  readonly made: Installation;
  /** By pass, in the order accepted. */
  readonly accepted: Map<string, DeliveryId[]>;
  readonly passOf: Map<DeliveryId, string>;
  /** How many sends there had been when a delivery was first replayed: those after are no first round. */
  readonly replayedAt: Map<DeliveryId, number>;
  /** Rendered anew: deliveries of their own, ordered behind what was open. */
  readonly anew: Set<DeliveryId>;
}

it('the deliveries of a pass are sent one after another in the order accepted, whatever their results, and all end', {
  timeout: 600_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(scripts, (script) => play(script)),
    { numRuns: 30, endOnFailure: true },
  );
});

async function play(script: Script): Promise<void> {
  const made = await givenInstallation(db());
  const story: Story = { made, accepted: new Map(), passOf: new Map(), replayedAt: new Map(), anew: new Set() };
  scriptReceiver(story, script.answers);

  const stop = new AbortController();
  const auditing = audit(made, stop.signal);
  const working = made.workers.map((_, index) => work(made, index, script, stop.signal));
  await Promise.all([produce(story, script), act(story, script)]);
  stop.abort();
  await Promise.all(working);
  expect(await auditing).toEqual([]);

  await made.enable(true);
  made.receiver.answer = (delivery) => (story.passOf.get(delivery) === 'stuck' ? 'later' : 'ok');
  await drain(made, db(), ({ passId }) => passId !== 'stuck');
  expect(await disorder(db(), made.id)).toEqual([]);

  made.receiver.answer = () => 'ok';
  await db().delivery.updateMany({
    where: { subscriptionId: toUuid(made.id), state: 'retrying' },
    data: { dueAt: new Date(0) },
  });
  await drain(made, db(), () => true);
  expect(await disorder(db(), made.id)).toEqual([]);
  judge(story);
}

function scriptReceiver({ made, passOf }: Story, answers: readonly Answer[]): void {
  let asked = 0;
  made.receiver.answer = (delivery) => {
    if (passOf.get(delivery) === 'stuck') return 'later';
    return answers[asked++ % answers.length] ?? 'ok';
  };
}

async function produce({ made, accepted, passOf }: Story, { requests }: Script): Promise<void> {
  for (const passes of requests) {
    const deliveries = await made.ingest(...passes);
    for (const [index, id] of deliveries.entries()) {
      const passId = passes[index] ?? '';
      passOf.set(id, passId);
      accepted.set(passId, [...(accepted.get(passId) ?? []), id]);
    }
  }
}

async function act(story: Story, { deeds }: Script): Promise<void> {
  for (const { deed, which, afterMs } of deeds) {
    await sleep(afterMs);
    const known = [...story.passOf.keys()];
    const target = known[which % Math.max(known.length, 1)];
    // a refusal (of a replay of an open delivery, of cancelling an ended one) must change nothing
    if (target) await does(story, deed, target).catch(refusedOnly);
  }
}

async function does({ made, passOf, replayedAt, anew }: Story, deed: Deed, target: DeliveryId): Promise<void> {
  if (deed === 'disable' || deed === 'enable') return made.enable(deed === 'enable');
  if (deed === 'sweep') return made.recoverer.sweep();
  if (deed === 'cancel') return made.cancel(target);
  if (deed === 'replay') {
    const sends = made.sent.length;
    await made.replay(target);
    if (!replayedAt.has(target)) replayedAt.set(target, sends);
    return;
  }
  const fresh = await made.replayFresh(target);
  anew.add(fresh);
  passOf.set(fresh, passOf.get(target) ?? '');
}

function refusedOnly(error: unknown): void {
  if ((error as { readonly kind?: string }).kind !== 'conflict') throw error;
}

/** A worker process with some slots; some offers are lost, as when Redis is unavailable. */
async function work(made: Installation, index: number, script: Script, stop: AbortSignal): Promise<void> {
  let taken = 0;
  const slot = async (): Promise<void> => {
    while (!stop.aborted) {
      const due = made.offered.shift();
      if (!due) await sleep(1);
      else if (taken++ % 10 >= script.lossiness) await made.workers[index]?.deliver(due.deliveryId, due.attempt, AT_ONCE);
    }
  };
  await Promise.all(Array.from({ length: script.slots }, slot));
}

/** Checks repeatedly that the committed rows are in order: an intermediate state must never be visible. */
async function audit(made: Installation, stop: AbortSignal): Promise<object[]> {
  const seen: object[] = [];
  while (!stop.aborted && seen.length === 0) {
    seen.push(...(await disorder(db(), made.id)));
    await sleep(2);
  }
  return seen;
}

const MAX_ROUNDS = 100;

/** Passes due deliveries to the workers, offers lost or not, until those that count have ended. */
async function drain(
  made: Installation,
  database: Database,
  counts: (row: { readonly passId: string }) => boolean,
): Promise<void> {
  for (let round = 0; ; round++) {
    const rows = (await rowsOf(database, made.id)).filter((row) => OPEN.includes(row.state) && counts(row));
    if (rows.length === 0) return;
    if (round === MAX_ROUNDS) throw new Error(`still open: ${JSON.stringify(rows)}`);
    await made.claims.releaseStranded(1000);
    await made.claims.releaseBlocked(1000, undefined);
    const heads = await made.overdue.heads(0, { endpoints: 1000, limit: 1000 }, undefined);
    const own = heads.flatMap(({ overdue }) => overdue).filter(({ tenantId }) => tenantId === made.tenantId);
    await Promise.all(
      own.map(({ deliveryId, attempt }, n) => made.workers[n % 2 ? 1 : 0].deliver(deliveryId, attempt, AT_ONCE)),
    );
    if (own.length === 0) await sleep(2);
  }
}

function judge({ made, accepted, passOf, replayedAt, anew }: Story): void {
  for (const [passId, deliveries] of accepted) {
    const sends = made.sent.filter(({ delivery }) => passOf.get(delivery) === passId);
    for (const [index, next] of sends.slice(1).entries()) {
      expect(next.beganAt, `${passId}: no two sends at once`).toBeGreaterThan(sends[index]?.endedAt ?? 0);
    }
    const firstRounds = made.sent
      .filter(({ delivery }, index) => index < (replayedAt.get(delivery) ?? Number.POSITIVE_INFINITY))
      .map(({ delivery }) => delivery)
      .filter((delivery) => passOf.get(delivery) === passId && !anew.has(delivery));
    // all tries of one before the first of the next; who was cancelled before its turn is not among them
    const oneAfterAnother = firstRounds.filter((delivery, index) => delivery !== firstRounds[index - 1]);
    const expected = deliveries.filter((delivery) => firstRounds.includes(delivery));
    expect(oneAfterAnother, `${passId}: in the order accepted`).toEqual(expected);
  }
}
