import { describe, expect, test } from 'vitest';
import type { Arrival } from '../../chaos/actors/receiver.ts';
import type { AcceptedEvent } from '../../chaos/producer.ts';
import { brokenPromises } from '../../chaos/promises.ts';
import { type Evidence, type StoredDelivery, tally } from '../../chaos/tally.ts';
import type { Target } from '../../chaos/targets.ts';

// `npm run chaos` is as good as its count: a made-up case of each finding.

const target = { endpoint: 0, maxInFlight: 4, isHostile: false } as Target;
const hostile = { ...target, endpoint: 1, isHostile: true };

const event = (number: number, more: Partial<AcceptedEvent> = {}): AcceptedEvent => ({
  producerId: `p-${number}`,
  eventId: `evt_${number}`,
  passId: 'p',
  number,
  target,
  acceptedAtMs: 1000,
  ...more,
});
const delivery = (number: number, more: Partial<StoredDelivery> = {}): StoredDelivery => ({
  eventId: `evt_${number}`,
  webhookId: `msg_${number}`,
  state: 'succeeded',
  endedAtMs: 1200,
  ...more,
});
const arrival = (number: number, more: Partial<Arrival> = {}): Arrival => ({
  endpoint: 0,
  webhookId: `msg_${number}`,
  producerId: `p-${number}`,
  beganAtMs: 1100 + number * 100,
  endedAtMs: 1150 + number * 100,
  fate: 'taken',
  ...more,
});
/** Two events that were delivered correctly, by default. */
const count = (more: Partial<Evidence> = {}) =>
  tally({
    accepted: [event(0), event(1)],
    deliveries: [delivery(0), delivery(1)],
    arrivals: [arrival(0), arrival(1)],
    targets: [target, hostile],
    mostOpen: [3, 1],
    inFlight: new Set(),
    struckAtMs: undefined,
    faultEndedAtMs: undefined,
    ordered: true,
    ...more,
  });

const WELL = { repeats: 0, wrong: [], slowestMs: 10 };

test('a success breaks nothing', () => {
  const outcome = count();
  expect(outcome).toEqual({
    accepted: 2,
    states: { succeeded: 2 },
    lost: 0,
    duplicates: 0,
    unexplained: 0,
    strangers: 0,
    inFlight: 0,
    openAtReceiver: 0,
    worstDelayMs: 200,
    mostInFlight: { count: 3, limit: 4 },
    outOfOrder: 0,
  });
  expect(brokenPromises(outcome, WELL, { acceptsThroughout: true, noDuplicates: true })).toEqual([]);
});

test('what died is not lost, but breaks the promise that all succeed', () => {
  const outcome = count({ deliveries: [delivery(0), delivery(1, { state: 'dead' })], arrivals: [arrival(0)] });
  expect(brokenPromises(outcome, WELL, {})).toEqual([]);
  expect(brokenPromises(outcome, WELL, { allSucceed: true })).toEqual(['1 did not succeed']);
});

describe('lost', () => {
  test.each<[string, Partial<Evidence>]>([
    ['an event without a delivery', { deliveries: [delivery(0)], arrivals: [arrival(0)] }],
    ['a success that nobody got', { arrivals: [arrival(0)] }],
    ['a success that the receiver refused', { arrivals: [arrival(0), arrival(1, { fate: 'refused' })] }],
    ['a delivery that waits for ever', { deliveries: [delivery(0), delivery(1, { state: 'retrying' })] }],
    ['a delivery that is blocked for ever', { deliveries: [delivery(0), delivery(1, { state: 'blocked' })] }],
  ])('%s', (_, evidence) => {
    const outcome = count(evidence);
    expect(outcome).toMatchObject({ lost: 1, states: { succeeded: 1 } });
    expect(brokenPromises(outcome, WELL, {})).toEqual(['1 lost']);
  });

  test.each(['dead', 'cancelled', 'held'])('not what is %s', (state) => {
    expect(count({ deliveries: [delivery(0), delivery(1, { state })], arrivals: [arrival(0)] }).lost).toBe(0);
  });
});

describe('duplicates', () => {
  const again = arrival(1, { beganAtMs: 1500, endedAtMs: 1550 });

  test('are counted after a request that was accepted or broke off, not after refused ones', () => {
    expect(count({ arrivals: [arrival(0), arrival(1), again] }).duplicates).toBe(1);
    expect(count({ arrivals: [arrival(0), arrival(1, { fate: 'cut' }), again] }).duplicates).toBe(1);
    expect(count({ arrivals: [arrival(0), arrival(1, { fate: 'refused' }), again] }).duplicates).toBe(0);
  });

  test('are explained by being in flight at the fault', () => {
    const arrivals = [arrival(0), arrival(1), again];
    const explained = count({ arrivals, inFlight: new Set(['msg_1']) });
    expect(brokenPromises(explained, WELL, {})).toEqual([]);
    expect(brokenPromises(explained, WELL, { noDuplicates: true })).toEqual(['1 duplicates']);
    const other = count({ arrivals, inFlight: new Set(['msg_0']) });
    expect(brokenPromises(other, WELL, {})).toEqual(['1 duplicates of what was not in flight at the fault']);
  });

  test('that match no delivery are unexplained', () => {
    expect(count({ deliveries: [delivery(0), delivery(1), delivery(1, { webhookId: 'msg_9' })] }).strangers).toBe(1);
    expect(count({ arrivals: [arrival(0), arrival(1), arrival(7)] }).strangers).toBe(1);
  });
});

describe('the worst delay', () => {
  test('counts from the end of the fault, and only at healthy endpoints', () => {
    const late = [arrival(0, { beganAtMs: 9000, endedAtMs: 9001 }), arrival(1)];
    expect(count({ arrivals: late }).worstDelayMs).toBe(8000);
    expect(count({ arrivals: late, faultEndedAtMs: 6000 }).worstDelayMs).toBe(3000);
    expect(count({ arrivals: late, accepted: [event(0, { target: hostile }), event(1)] }).worstDelayMs).toBe(200);
  });

  test('is 60 s unless the scenario says less', () => {
    const outcome = { ...count(), worstDelayMs: 40_000 };
    expect(brokenPromises(outcome, WELL, {})).toEqual([]);
    expect(brokenPromises(outcome, WELL, { maxDelayMs: 30_000 })).toHaveLength(1);
    expect(brokenPromises({ ...outcome, worstDelayMs: 60_001 }, WELL, {})).toHaveLength(1);
  });
});

describe('order', () => {
  const first = arrival(0, { beganAtMs: 1000, endedAtMs: 1100 });

  test.each<[string, readonly Arrival[]]>([
    ['a later event came before', [arrival(1, { beganAtMs: 900, endedAtMs: 950 }), first]],
    ['a later event came while the earlier one was open', [first, arrival(1, { beganAtMs: 1099 })]],
    [
      'an earlier event was tried again after a later one',
      [first, arrival(1), arrival(0, { beganAtMs: 1900, endedAtMs: 1950 })],
    ],
  ])('is broken: %s', (_, arrivals) => {
    const outcome = count({ arrivals, inFlight: new Set(['msg_0']) });
    expect(outcome.outOfOrder).toBe(1);
    expect(brokenPromises(outcome, WELL, {})).toEqual(['1 out of order']);
  });

  test('is kept: an event is attempted twice before the later one is sent', () => {
    const arrivals = [first, arrival(0, { beganAtMs: 1200, endedAtMs: 1300 }), arrival(1, { beganAtMs: 1300 })];
    expect(count({ arrivals }).outOfOrder).toBe(0);
  });

  test('is between events of one pass at one endpoint, where it was asked for', () => {
    const arrivals = [arrival(1, { beganAtMs: 900, endedAtMs: 950 }), first];
    expect(count({ arrivals, accepted: [event(0), event(1, { passId: 'q' })] }).outOfOrder).toBe(0);
    expect(count({ arrivals, ordered: false }).outOfOrder).toBeUndefined();
  });
});

test('what was open when the fault struck is counted', () => {
  expect(count({ struckAtMs: 1120 }).openAtReceiver).toBe(1);
  expect(count({ struckAtMs: 1160 }).openAtReceiver).toBe(0);
});

test('limits, answers and empty scenarios', () => {
  const full = count({ mostOpen: [4, 5] });
  expect(full.mostInFlight).toEqual({ count: 5, limit: 4 });
  expect(brokenPromises(full, WELL, {})).toHaveLength(1);
  expect(brokenPromises(count(), { ...WELL, repeats: 1, slowestMs: 2500 }, {})).toEqual([]);
  expect(brokenPromises(count(), { ...WELL, repeats: 1, slowestMs: 2500 }, { acceptsThroughout: true })).toHaveLength(2);
  expect(brokenPromises(count(), { ...WELL, wrong: ['500'] }, {})).toHaveLength(1);
  expect(brokenPromises(count(), WELL, { hitsInFlight: true })).toEqual(['nothing was in flight at the fault']);
});
