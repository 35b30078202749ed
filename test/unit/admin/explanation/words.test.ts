import { expect, test } from 'vitest';
import {
  duration,
  FULL_TIMES,
  inWords,
  listed,
  ordinal,
  shortTimes,
  wait,
} from '../../../../src/admin/explanation/words.ts';

test.each([
  [0, '0 ms'],
  [182.4, '182 ms'],
  [1500, '1,500 ms'],
  [5000, '5 s'],
  [12_400, '12 s'],
  [298_000, '4 min 58 s'],
  [60_000, '1 min'],
  [11_100_000, '3 h 5 min'],
  [90_000_000, '1 d 1 h'],
])('%i ms took %s', (ms, text) => {
  expect(duration(ms)).toBe(text);
});

test.each([
  [-5, '0 s'],
  [29_600, '30 s'],
  [28 * 60_000 + 20_000, '28 min'],
  [3_600_000, '1 h'],
  [11_130_000, '3 h 6 min'],
])('%i ms ahead is in %s', (ms, text) => {
  expect(wait(ms)).toBe(text);
});

test('numbers', () => {
  expect([1, 10, 11, 1204].map(inWords)).toEqual(['one', 'ten', '11', '1,204']);
  expect([1, 3, 10, 11, 21, 22, 23, 112].map(ordinal)).toEqual([
    'first',
    'third',
    'tenth',
    '11th',
    '21st',
    '22nd',
    '23rd',
    '112th',
  ]);
  expect([listed(['a']), listed(['a', 'b']), listed(['a', 'b', 'c'], 'or')]).toEqual(['a', 'a and b', 'a, b or c']);
});

test('times are without the date today, and without the year this year', () => {
  const times = shortTimes(new Date('2026-11-24T23:00:00Z'));
  expect(times.at(new Date('2026-11-24T00:00:01Z'))).toBe('00:00:01');
  expect(times.around(new Date('2026-11-25T00:00:01Z'))).toBe('25 Nov, 00:00');
  expect(times.at(new Date('2025-12-31T00:00:01Z'))).toBe('31 Dec 2025, 00:00:01');
  expect(FULL_TIMES.around(new Date('2026-11-25T00:00:01Z'))).toBe('25 Nov 2026, 00:00 UTC');
});
