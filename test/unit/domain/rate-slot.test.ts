import { expect, test } from 'vitest';
import { admissibleFromMs, hasMissedRateSlot, intervalMsOf, takeRateSlot } from '../../../src/domain/rate-slot.ts';

test.each([
  [{}, 0],
  [{ maxInFlight: 3 }, 0],
  [{ ratePerSecond: 0.1 }, 10_000],
  [{ ratePerSecond: 8 }, 125],
  [{ ratePerSecond: 1000 }, 1],
])('the interval of %j is %d ms', (limits, expected) => {
  expect(intervalMsOf(limits)).toBe(expected);
});

test.each([
  ['the first', 0, { rateSlotAtMs: 1000, freeFromMs: 1125 }],
  ['one after a pause', 900, { rateSlotAtMs: 1000, freeFromMs: 1125 }],
  ['one right after another', 1100, { rateSlotAtMs: 1100, freeFromMs: 1225 }],
])('%s takes the first free slot', (_name, freeFromMs, expected) => {
  expect(takeRateSlot({ freeFromMs, intervalMs: 125 }, 1000)).toEqual(expected);
});

test('no two slots are closer than the interval, however many are taken at once', () => {
  let rate = { freeFromMs: 0, intervalMs: 1000 / 3 };
  const slots = Array.from({ length: 10 }, () => {
    const { rateSlotAtMs, freeFromMs } = takeRateSlot(rate, 5000);
    rate = { ...rate, freeFromMs };
    return rateSlotAtMs;
  });
  expect(slots[0]).toBe(5000);
  for (const [index, slot] of slots.slice(1).entries()) expect(slot - (slots[index] ?? 0)).toBeCloseTo(1000 / 3);
});

test('a delivery is admissible shortly before its slot', () => {
  expect(admissibleFromMs(5000, { lookaheadMs: 100 })).toBe(4900);
});

test.each([
  [4000, false],
  [5000, false],
  [5050, false],
  [5051, true],
])('at %i the slot at 5000 is missed: %s', (nowMs, expected) => {
  expect(hasMissedRateSlot(5000, nowMs)).toBe(expected);
});
