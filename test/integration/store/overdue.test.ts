import { beforeAll, beforeEach, expect, test } from 'vitest';
import type { ClaimStore } from '../../../src/ports/claims.ts';
import type { EndpointHead, OverdueCursor, OverdueStore } from '../../../src/ports/overdue.ts';
import { createClaimStore } from '../../../src/store/deliveries/claim-store.ts';
import { createOverdueStore } from '../../../src/store/deliveries/overdue.ts';
import { useDatabase } from '../../support/database.ts';
import { attempt, givenDeliveries, givenOneDelivery, letPass, retrying, WORKER } from '../pipeline/deliveries.ts';
import { givenSetup, type Setup } from '../pipeline/installation.ts';
import { givenBacklog, givenDelivery } from './samples.ts';

const database = useDatabase();
const GRACE_MS = 3000;
let claims: ClaimStore;
let overdue: OverdueStore;
let setups: Setup[];

beforeAll(async () => {
  claims = createClaimStore(database(), WORKER);
  overdue = createOverdueStore(database());
  const made = [];
  for (let n = 0; n < 5; n++) made.push(await givenSetup(database()));
  setups = made.toSorted((a, b) => (a.subscription.endpointId < b.subscription.endpointId ? -1 : 1));
});
beforeEach(async () => {
  await database().delivery.deleteMany({});
});

function setupAt(index: number): Setup {
  const setup = setups[index];
  if (!setup) throw new Error('five are made');
  return setup;
}

test('of an endpoint is listed oldest first, page by page, whatever makes it due; nothing else is', async () => {
  const setup = setupAt(0);
  const { endpointId } = setup.subscription;
  const ids = await givenDeliveries(database(), setup, 10);
  await givenBacklog(database(), setupAt(1).subscription, 3);
  await claims.claim(ids.slice(2, 3).map((deliveryId) => ({ deliveryId, attempt: 1 })));
  for (const [n, id] of ids.entries()) await letPass(database(), id, n < 8 ? 100_000 - 1000 * Math.floor(n / 2) : 0);
  for (const state of ['held', 'succeeded'] as const) await givenDelivery(database(), setup.subscription, state);

  const pages: string[][] = [];
  let cursor: OverdueCursor | undefined;
  for (;;) {
    const page = await overdue.of(endpointId, GRACE_MS, 3, cursor);
    if (page.length === 0) break;
    pages.push(page.map((one) => one.deliveryId));
    cursor = page.at(-1);
  }
  expect(pages.map((page) => page.length)).toEqual([3, 3, 2]);
  // the one under way is due when its lease runs out, 40 s after the others
  const others = ids.slice(0, 8).filter((_, n) => n !== 2);
  expect(pages.flat()).toEqual([...others, ids[2]]);
  const [head] = await overdue.heads(GRACE_MS, { endpoints: 1, limit: 5 }, undefined);
  expect(head).toMatchObject({
    endpointId,
    overdue: pages
      .flat()
      .slice(0, 5)
      .map((deliveryId) => ({ deliveryId })),
  });
});

test('needs the current attempt', async () => {
  const id = await givenOneDelivery(database(), setupAt(0));
  await attempt(claims, id, retrying(1000));
  const { endpointId } = setupAt(0).subscription;
  expect(await overdue.of(endpointId, 0, 10, undefined)).toEqual([]);
  await letPass(database(), id, 5000);
  expect(await overdue.of(endpointId, GRACE_MS, 10, undefined)).toMatchObject([
    { deliveryId: id, attempt: 2, delayMs: 0, limits: { maxInFlight: 7 } },
  ]);
});

test('has a head for each endpoint with scheduled deliveries, in pages of endpoints, however long the backlog of one', async () => {
  const [none, later, backlog, few] = [setupAt(0), setupAt(1), setupAt(2), setupAt(3)];
  await givenDelivery(database(), none.subscription, 'succeeded');
  await givenOneDelivery(database(), later);
  await givenBacklog(database(), backlog.subscription, 30_000);
  await givenBacklog(database(), few.subscription, 2);
  const sizes = { endpoints: 2, limit: 4 };
  const first = await overdue.heads(GRACE_MS, sizes, undefined);
  expect(summary(first)).toEqual([
    [later.subscription.endpointId, 0],
    [backlog.subscription.endpointId, 4],
  ]);
  const second = await overdue.heads(GRACE_MS, sizes, first.at(-1)?.endpointId);
  expect(summary(second)).toEqual([[few.subscription.endpointId, 2]]);
});

function summary(heads: readonly EndpointHead[]): [string, number][] {
  return heads.map((head) => [head.endpointId, head.overdue.length]);
}
