import { expect, test } from 'vitest';
import { laneOf, laneSlots } from '../../../src/domain/lane.ts';

test.each([
  [0, 'fast'],
  [1, 'fast'],
  [2, 'slow'],
  [7, 'slow'],
])('after %i consecutive failures an endpoint is in the %s lane', (failures, lane) => {
  expect(laneOf(failures, { slowAfter: 2 })).toBe(lane);
});

test.each([
  [0, { fast: 0, slow: 0 }],
  [1, { fast: 1, slow: 1 }],
  [2, { fast: 1, slow: 1 }],
  [9, { fast: 8, slow: 1 }],
  [10, { fast: 8, slow: 2 }],
  [500, { fast: 400, slow: 100 }],
])('%i slots are divided into %j', (slots, expected) => {
  expect(laneSlots(slots, { slowShare: 0.2 })).toEqual(expected);
});
