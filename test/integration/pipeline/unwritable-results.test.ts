import { beforeAll, expect, test } from 'vitest';
import { newId } from '../../../src/domain/id.ts';
import { AttemptRecorder } from '../../../src/pipeline/record-attempts.ts';
import type { AttemptRecord, ClaimStore } from '../../../src/ports/claims.ts';
import { createClaimStore } from '../../../src/store/deliveries/claim-store.ts';
import { createDeliveryStore } from '../../../src/store/deliveries/deliveries.ts';
import { useDatabase } from '../../support/database.ts';
import { claimOne, dead, givenOneDelivery, lettersOf, recordOf, rowOf, succeeded } from './deliveries.ts';
import { givenSetup, type Setup } from './installation.ts';

const database = useDatabase();
let claims: ClaimStore;
let setup: Setup;
const log = { info() {}, warn() {}, error() {} };

beforeAll(async () => {
  claims = createClaimStore(database(), newId('worker', Date.now()));
  setup = await givenSetup(database());
  // stands for anything in a response that Postgres may refuse
  await database().$executeRaw`
    ALTER TABLE attempts ADD CONSTRAINT no_poison CHECK (outcome::text NOT LIKE '%poison%')`;
});

/** Claims a delivery, and records the result that `of` makes of it. */
async function record(of: (claimed: AttemptRecord['claimed']) => AttemptRecord) {
  const id = await givenOneDelivery(database(), setup);
  const recorder = new AttemptRecorder({ claims, queue: { offer() {} }, clock: Date.now, log });
  expect(await recorder.record(of(await claimOne(claims, id)))).toBe(true);
  const [attempt] = await createDeliveryStore(database()).attempts(setup.tenantId, id);
  return { id, row: await rowOf(database(), id), attempt };
}

test('an answer that cannot be stored costs its headers and body, and the delivery has succeeded', async () => {
  const { row, attempt } = await record((claimed) => {
    const made = recordOf(claimed, succeeded);
    const body = { text: 'poison', truncated: false };
    const outcome = { ...made.attempt.outcome, body } as typeof made.attempt.outcome;
    return { ...made, attempt: { ...made.attempt, outcome } };
  });
  expect(row).toMatchObject({ state: 'succeeded', attempts: 1, lastStatus: 204, body: '{"a":1}' });
  expect(attempt).toMatchObject({
    verdict: 'delivered',
    outcome: { kind: 'response', status: 204, headers: {}, notes: ['Headers and body could not be stored.'] },
    request: { url: 'https://receiver.example/hook', headers: {} },
  });
});

test('a reason and a body that cannot be stored do not keep a delivery from dying', async () => {
  const { id, row, attempt } = await record((claimed) =>
    recordOf(claimed, { ...dead, reason: 'with \0 and \ud800' }, '"\0"'),
  );
  expect(row).toMatchObject({ state: 'dead', lastReason: 'with  and \ufffd', body: null });
  expect(attempt).toMatchObject({ outcome: { kind: 'response', status: 500 } });
  expect(await lettersOf(database(), id)).toHaveLength(1);
});
