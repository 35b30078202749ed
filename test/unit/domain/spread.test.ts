import { expect, test } from 'vitest';
import { newId, toId } from '../../../src/domain/id.ts';
import { spreadOf, spreadPauseMs, startFromMs } from '../../../src/domain/spread.ts';

test.each([
  ['0000', 0],
  ['8000', 0.5],
  ['ffff', 65_535 / 65_536],
])('an endpoint whose id ends with %s has the spread %f', (end, spread) => {
  expect(spreadOf(toId('endpoint', `0198c3f0-1234-7abc-8def-01234567${end}`))).toBe(spread);
});

test('endpoints that are made at one moment are spread evenly', () => {
  const spreads = Array.from({ length: 1000 }, () => spreadOf(newId('endpoint', 0)));
  for (let tenth = 0; tenth < 10; tenth++) {
    const count = spreads.filter((spread) => Math.floor(10 * spread) === tenth).length;
    expect(count).toBeGreaterThan(50);
    expect(count).toBeLessThan(200);
  }
});

test('a pause is longer by up to the given part, a start later by up to the given time', () => {
  const rules = { pauseSpread: 0.25, startSpreadMs: 1000 };
  expect([0, 0.5].map((spread) => spreadPauseMs(5000, spread, rules))).toEqual([5000, 5625]);
  expect([0, 0.5].map((spread) => startFromMs(70, spread, rules))).toEqual([70, 570]);
});
