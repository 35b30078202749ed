import { beforeAll, expect, test } from 'vitest';
import { Unavailable } from '../../../src/domain/errors.ts';
import { DeliveryClaimer } from '../../../src/pipeline/claim-deliveries.ts';
import { UnknownClaims } from '../../../src/pipeline/unknown-claims.ts';
import type { ClaimStore } from '../../../src/ports/claims.ts';
import type { DueDelivery } from '../../../src/ports/queue.ts';
import { createClaimStore } from '../../../src/store/deliveries/claim-store.ts';
import { useDatabase } from '../../support/database.ts';
import { RecordingLog } from '../../unit/telemetry/recording-log.ts';
import { givenOneDelivery, rowOf, WORKER } from './deliveries.ts';
import { givenSetup, type Setup } from './installation.ts';

const database = useDatabase();
let setup: Setup;

beforeAll(async () => {
  setup = await givenSetup(database());
});

/** A claimer whose statements take effect at once or late, and whose first answer never arrives. */
function givenClaimer(effectMs: number) {
  const store = createClaimStore(database(), WORKER);
  const offered: DueDelivery[] = [];
  let isFirst = true;
  const claim: ClaimStore['claim'] = async (wanted) => {
    if (!isFirst) return store.claim(wanted);
    isFirst = false;
    const effect = new Promise((resolve) => setTimeout(resolve, effectMs)).then(() => store.claim(wanted));
    if (effectMs === 0) await effect;
    throw new Unavailable('Postgres');
  };
  const queue = { offer: (due: readonly DueDelivery[]) => void offered.push(...due) };
  const unknown = new UnknownClaims({ claims: store, queue, log: new RecordingLog() });
  return { claimer: new DeliveryClaimer({ ...store, claim }, unknown), offered };
}

const PATIENTLY = { timeout: 30_000 };

test.each([
  ['made', 0],
  ['made only after a release was answered', 1500],
])('a claim that was %s, without an answer, is released long before its lease ends', async (_when, effectMs) => {
  const id = await givenOneDelivery(database(), setup);
  const { claimer, offered } = givenClaimer(effectMs);
  await expect(claimer.claim(id, 1)).rejects.toThrow(Unavailable);
  await expect.poll(() => offered, PATIENTLY).toMatchObject([{ deliveryId: id, attempt: 1 }]);
  expect(await claimer.claim(id, 1)).toMatchObject({ kind: 'claimed', claimed: { id, claim: 2 } });
});

test('what is claimed again meanwhile is not released: it is under way', async () => {
  const id = await givenOneDelivery(database(), setup);
  const { claimer, offered } = givenClaimer(0);
  await expect(claimer.claim(id, 1)).rejects.toThrow(Unavailable);
  await database().$executeRaw`UPDATE deliveries SET due_at = now() WHERE id = ${id.slice(4)}::uuid`; // the lease has run out
  expect(await claimer.claim(id, 1)).toMatchObject({ kind: 'claimed' });
  await new Promise((resolve) => setTimeout(resolve, 2500));
  expect(offered).toEqual([]);
  expect(await rowOf(database(), id)).toMatchObject({ state: 'delivering' });
});
