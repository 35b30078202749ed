import { beforeAll, describe, expect, test } from 'vitest';
import { type DeliveryId, type EndpointId, newId, timeOfId, toId, toUuid } from '../../../src/domain/id.ts';
import type { ClaimStore } from '../../../src/ports/claims.ts';
import type { DeadLetterStore } from '../../../src/ports/dead-letters.ts';
import type { DeliveryFilter, DeliveryStore } from '../../../src/ports/deliveries.ts';
import { createClaimStore } from '../../../src/store/deliveries/claim-store.ts';
import { createDeadLetterStore } from '../../../src/store/deliveries/dead-letters.ts';
import { createDeliveryStore } from '../../../src/store/deliveries/deliveries.ts';
import { useDatabase } from '../../support/database.ts';
import { givenSubscription, givenTenant, saveSubscription } from '../store/samples.ts';
import {
  attempt,
  claimOne,
  dead,
  givenDeliveries,
  givenOneDelivery,
  lettersOf,
  recordOf,
  retrying,
  rowOf,
  succeeded,
  WORKER,
} from './deliveries.ts';
import { createIngest, givenSetup, item, type Setup } from './installation.ts';

const database = useDatabase();
const FIRST_PAGE = { limit: 100, cursor: undefined };
let claims: ClaimStore;
let log: DeliveryStore;
let letters: DeadLetterStore;
let setup: Setup;

beforeAll(async () => {
  claims = createClaimStore(database(), WORKER);
  log = createDeliveryStore(database());
  letters = createDeadLetterStore(database(), Date.now);
  setup = await givenSetup(database());
});

async function givenDeath(of = setup): Promise<{ readonly id: DeliveryId; readonly letter: DeadLetterIdOf }> {
  const id = await givenOneDelivery(database(), of);
  await attempt(claims, id, dead);
  const [letter] = await lettersOf(database(), id);
  if (!letter) throw new Error('a death writes a letter');
  return { id, letter: letter.id };
}
type DeadLetterIdOf = Awaited<ReturnType<typeof lettersOf>>[number]['id'];

/** Gives the subscription another URL. Returns its new endpoint. */
async function changeUrl({ subscription }: Setup): Promise<EndpointId> {
  const url = 'https://receiver.example/new';
  const changed = { ...subscription, url, endpointId: newId('endpoint', Date.now()) };
  const { saved } = await saveSubscription(database(), changed);
  expect(saved.endpointId).not.toBe(subscription.endpointId);
  return saved.endpointId;
}

describe('the list of deliveries', () => {
  async function listed(of: Setup, filter: DeliveryFilter): Promise<string[]> {
    return (await log.list(of.tenantId, filter, FIRST_PAGE)).data.map(({ id }) => id);
  }

  test('is newest first, page by page', async () => {
    const own = await givenSetup(database());
    const ids = (await givenDeliveries(database(), own, 7)).reverse();
    const pages: string[][] = [];
    let cursor: string | undefined;
    do {
      const page = await log.list(own.tenantId, {}, { limit: 3, cursor });
      pages.push(page.data.map(({ id }) => id));
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    expect(pages).toEqual([ids.slice(0, 3), ids.slice(3, 6), ids.slice(6)]);
  });

  test('is narrowed by state, subscription, endpoint, event, pass, trigger and time', async () => {
    const own = await givenSetup(database());
    const second = await givenSubscription(database(), own.integration, {
      trigger: 'pass.created',
      url: 'https://elsewhere.example/hook',
    });
    const ingest = createIngest(database());
    const emit = async (passId: string): Promise<void> => {
      await ingest.ingest(own.tenantId, [item(own, { pass: { id: passId } })]);
    };
    await emit('p1');
    const between = new Date(Date.now() + 1);
    await expect.poll(() => Date.now()).toBeGreaterThan(between.getTime());
    await emit('p2');
    const all = (await log.list(own.tenantId, {}, FIRST_PAGE)).data;
    expect(all).toHaveLength(4);
    const target = all.find(({ passId, subscriptionId }) => passId === 'p1' && subscriptionId === own.subscription.id);
    if (!target) throw new Error('p1 was delivered to the first subscription');
    await attempt(claims, target.id, succeeded);
    const ofFirst = all.filter(({ subscriptionId }) => subscriptionId === own.subscription.id).map(({ id }) => id);
    const ofP1 = all.filter(({ passId }) => passId === 'p1').map(({ id }) => id);
    const ofP2 = all.filter(({ passId }) => passId === 'p2').map(({ id }) => id);
    expect(await listed(own, { states: ['succeeded'] })).toEqual([target.id]);
    expect(await listed(own, { subscriptionId: own.subscription.id })).toEqual(ofFirst);
    expect(await listed(own, { endpointId: own.subscription.endpointId })).toEqual(ofFirst);
    expect(await listed(own, { endpointId: second.endpointId, passId: 'p1' })).toHaveLength(1);
    expect(await listed(own, { eventId: target.eventId })).toEqual(ofP1);
    expect(await listed(own, { passId: 'p2' })).toEqual(ofP2);
    expect(await listed(own, { trigger: 'pass.updated' })).toEqual([]);
    expect(await listed(own, { before: between })).toEqual(ofP1);
    expect(await listed(own, { after: between })).toEqual(ofP2);
  });

  test('everything of a tenant is invisible to another', async () => {
    const { id, letter } = await givenDeath();
    const other = await givenTenant(database());
    expect((await log.list(other, {}, FIRST_PAGE)).data).toEqual([]);
    expect(await log.find(other, id)).toBeUndefined();
    expect(await log.attempts(other, id)).toEqual([]);
    expect(await log.body(other, id)).toBeUndefined();
    expect(await log.reopen(other, id, 'key')).toBe('subscription-gone');
    expect(await log.cancel(other, id, 'no', 'key')).toBeUndefined();
    expect((await letters.list(other, {}, FIRST_PAGE)).data).toEqual([]);
    expect(await letters.find(other, letter)).toBeUndefined();
    expect(await letters.replay(other, letter, 'key')).toBe('subscription-gone');
    expect(await letters.discard(other, letter, { by: 'key', reason: undefined })).toBe(false);
    expect(await rowOf(database(), id)).toMatchObject({ state: 'dead' });
    expect(await lettersOf(database(), id)).toMatchObject([{ closedAs: null }]);
  });
});

describe('opening again', () => {
  test.each([succeeded, dead])(
    'what $state starts a new round: same bytes, same message, attempts go on counting',
    async (end) => {
      const id = await givenOneDelivery(database(), setup);
      const before = await rowOf(database(), id);
      await attempt(claims, id, end);
      expect(await log.reopen(setup.tenantId, id, 'key_1')).toMatchObject({
        due: [{ deliveryId: id, attempt: 2, delayMs: 0 }],
      });
      expect(await rowOf(database(), id)).toMatchObject({
        state: 'pending',
        messageId: before.messageId,
        body: '{"a":1}',
        endedAt: null,
        endedReason: null,
        endedBy: null,
      });
      expect(await claimOne(claims, id, 2)).toMatchObject({ attempt: 2, attemptsMade: 0, body: '{"a":1}' });
    },
  );

  test('closes the open letter', async () => {
    const { id, letter } = await givenDeath();
    await log.reopen(setup.tenantId, id, 'key_1');
    expect((await letters.find(setup.tenantId, letter))?.closed).toMatchObject({ as: 'replayed', by: 'key_1' });
  });

  test('is refused while it is open, and granted to one of two concurrent callers', async () => {
    const id = await givenOneDelivery(database(), setup);
    expect(await log.reopen(setup.tenantId, id, 'key_1')).toBe('not-ended');
    await attempt(claims, id, succeeded);
    const asked = await Promise.all(['a', 'b', 'c'].map((by) => log.reopen(setup.tenantId, id, by)));
    expect(asked.filter((reopened) => reopened !== 'not-ended')).toHaveLength(1);
  });

  test('assigns the delivery to the current endpoint of its subscription', async () => {
    const own = await givenSetup(database());
    const { id } = await givenDeath(own);
    const endpointId = await changeUrl(own);
    expect(await log.reopen(own.tenantId, id, 'key_1')).toMatchObject({ due: [{ deliveryId: id, endpointId }] });
    expect(await log.find(own.tenantId, id)).toMatchObject({ endpointId });
  });

  test('drops a result of an earlier round', async () => {
    const id = await givenOneDelivery(database(), setup);
    const claimed = await claimOne(claims, id);
    await claims.giveBack([{ claimed, to: { state: 'cancelled', reason: 'x', by: 'system' } }]);
    await log.reopen(setup.tenantId, id, 'key_1');
    expect((await claims.settle([recordOf(claimed, succeeded)])).written).toEqual([]);
    await claimOne(claims, id);
    expect((await claims.settle([recordOf(claimed, succeeded)])).written).toEqual([]);
    expect(await rowOf(database(), id)).toMatchObject({ state: 'delivering' });
  });
});

describe('cancelling', () => {
  test('cancels waiting deliveries, with reason and caller', async () => {
    const id = await givenOneDelivery(database(), setup);
    await attempt(claims, id, retrying(60_000));
    expect(await log.cancel(setup.tenantId, id, 'cancelled on request', 'key_1')).toEqual([]);
    expect(await log.find(setup.tenantId, id)).toMatchObject({
      state: 'cancelled',
      dueAt: undefined,
      endedAt: expect.any(Date),
      endedReason: 'cancelled on request',
      endedBy: 'key_1',
    });
    expect(await claims.claim([{ deliveryId: id, attempt: 2 }])).toEqual([]);
  });

  test('is refused for what is being delivered or has ended', async () => {
    const id = await givenOneDelivery(database(), setup);
    const claimed = await claimOne(claims, id);
    expect(await log.cancel(setup.tenantId, id, 'x', 'key_1')).toBeUndefined();
    await claims.settle([recordOf(claimed, succeeded)]);
    expect(await log.cancel(setup.tenantId, id, 'x', 'key_1')).toBeUndefined();
    expect(await rowOf(database(), id)).toMatchObject({ state: 'succeeded' });
  });
});

describe('dead letters', () => {
  test('are listed newest first, narrowed by being open, subscription, pass and time', async () => {
    const own = await givenSetup(database());
    const [first, second] = [await givenDeath(own), await givenDeath(own)];
    await letters.discard(own.tenantId, first.letter, { by: 'key_1', reason: undefined });
    const listed = async (filter: Parameters<DeadLetterStore['list']>[1]) =>
      (await letters.list(own.tenantId, filter, FIRST_PAGE)).data.map(({ id }) => id);
    const now = new Date(Date.now() + 1000);
    expect(await listed({})).toEqual([second.letter, first.letter]);
    expect(await listed({ open: true })).toEqual([second.letter]);
    expect(await listed({ open: false })).toEqual([first.letter]);
    expect(await listed({ subscriptionId: own.subscription.id, passId: 'pass-0' })).toHaveLength(2);
    expect(await listed({ subscriptionId: setup.subscription.id })).toEqual([]);
    expect(await listed({ passId: 'nobody' })).toEqual([]);
    expect(await listed({ before: now })).toHaveLength(2);
    expect(await listed({ after: now })).toEqual([]);
  });

  test('are replayed once: the delivery opens again and the letter is closed', async () => {
    const { id, letter } = await givenDeath();
    const asked = await Promise.all(['a', 'b', 'c'].map((by) => letters.replay(setup.tenantId, letter, by)));
    expect(asked.filter((reopened) => reopened !== 'already-closed')).toMatchObject([
      { due: [{ deliveryId: id, attempt: 2, delayMs: 0 }] },
    ]);
    expect(await rowOf(database(), id)).toMatchObject({ state: 'pending' });
    expect((await letters.find(setup.tenantId, letter))?.closed).toMatchObject({ as: 'replayed' });
    expect(await letters.discard(setup.tenantId, letter, { by: 'd', reason: undefined })).toBe(false);
  });

  test('that are discarded stay closed', async () => {
    const { id, letter } = await givenDeath();
    expect(await letters.discard(setup.tenantId, letter, { by: 'key_1', reason: undefined })).toBe(true);
    expect(await letters.replay(setup.tenantId, letter, 'key_1')).toBe('already-closed');
    expect((await letters.find(setup.tenantId, letter))?.closed).toMatchObject({ as: 'discarded', by: 'key_1' });
    expect(await rowOf(database(), id)).toMatchObject({ state: 'dead' });
  });

  test('one for each time a delivery is dead: the second has a letter of its own', async () => {
    const { id, letter } = await givenDeath();
    await letters.replay(setup.tenantId, letter, 'key_1');
    await attempt(claims, id, dead, 2);
    expect(await lettersOf(database(), id)).toMatchObject([{ id: letter, closedAs: 'replayed' }, { closedAs: null }]);
  });

  test.each([
    ['its event too', true],
    ['its event still there', false],
  ])('are replayed when retention took the delivery, %s: same bytes, same webhook-id', async (_, eventIsGone) => {
    const { id, letter } = await givenDeath();
    const before = await rowOf(database(), id);
    await database().$executeRaw`DELETE FROM attempts WHERE delivery_id = ${toUuid(id)}::uuid`;
    await database().$executeRaw`DELETE FROM deliveries WHERE id = ${toUuid(id)}::uuid`;
    if (eventIsGone) await database().$executeRaw`DELETE FROM events WHERE id = ${before.eventId}::uuid`;
    const reopened = await letters.replay(setup.tenantId, letter, 'key_1');
    if (typeof reopened === 'string') throw new Error(reopened);
    expect(reopened.due).toMatchObject([{ attempt: 1, delayMs: 0 }]);
    const claimed = await claimOne(claims, reopened.deliveryId);
    expect(claimed).toMatchObject({ messageId: `msg_${before.messageId}`, body: '{"a":1}', attempt: 1 });
    expect(await log.find(setup.tenantId, reopened.deliveryId)).toMatchObject({
      replayOf: id,
      eventId: `evt_${before.eventId}`,
      subscriptionId: setup.subscription.id,
      passId: 'pass-0',
    });
    expect(await database().event.count({ where: { id: before.eventId } })).toBe(1);
    const { acceptedAt } = await database().event.findFirstOrThrow({ where: { id: before.eventId } });
    if (eventIsGone) expect(acceptedAt.getTime()).toBe(timeOfId(toId('event', before.eventId)));
    await claims.settle([recordOf(claimed, succeeded)]);
  });

  test('are recreated at the current endpoint of their subscription', async () => {
    const own = await givenSetup(database());
    const { id, letter } = await givenDeath(own);
    const endpointId = await changeUrl(own);
    await database().$executeRaw`DELETE FROM deliveries WHERE id = ${toUuid(id)}::uuid`;
    expect(await letters.replay(own.tenantId, letter, 'key_1')).toMatchObject({ due: [{ attempt: 1, endpointId }] });
  });
});
