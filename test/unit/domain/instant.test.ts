import { expect, test } from 'vitest';
import {
  instantSchema,
  toMillisecondsZ,
  toMinutesZ,
  toSecondsOffset,
  toSecondsSpaced,
  toSecondsZ,
} from '../../../src/domain/instant.ts';

test.each([
  ['2018-05-07T15:27:33.664Z', '2018-05-07T15:27:33.664Z'],
  ['2018-05-07T15:27:33Z', '2018-05-07T15:27:33.000Z'],
  ['2017-01-14T14:30Z', '2017-01-14T14:30:00.000Z'],
  ['2018-05-07T17:27:33.6649999+02:00', '2018-05-07T15:27:33.664Z'],
  ['2018-12-31T23:30:00.999-01:30', '2019-01-01T01:00:00.999Z'],
  ['9999-12-31T23:59:59-05:00', '9999-12-31T23:59:59.999Z'],
  ['9999-12-31T23:59:59.9999Z', '9999-12-31T23:59:59.999Z'],
  ['0000-12-31T23:00:00-05:00', '0001-01-01T04:00:00.000Z'],
  ['0000-01-01T00:00:00+05:00', '0001-01-01T00:00:00.000Z'],
])('%s is truncated, never rounded, and shown in UTC with a year of four digits', (given, utc) => {
  expect(toMillisecondsZ(given)).toBe(utc);
  expect(toSecondsZ(given)).toBe(`${utc.slice(0, 19)}Z`);
  expect(toMinutesZ(given)).toBe(`${utc.slice(0, 16)}Z`);
  expect(toSecondsOffset(given)).toBe(`${utc.slice(0, 19)}+00:00`);
  expect(toSecondsSpaced(given)).toBe(`${utc.slice(0, 10)} ${utc.slice(11, 19)}`);
});

test.each([
  ['2026-03-01T12:00:00Z', true],
  ['2026-03-01T12:00:00+05:30', true],
  ['2024-02-29T00:00:00Z', true],
  ['2026-03-01T12:00:00', false],
  ['2026-03-01', false],
  ['2026-02-30T12:00:00Z', false],
  ['2026-03-01T25:00:00Z', false],
  ['2026-03-01 12:00:00Z', false],
  [' 2026-03-01T12:00:00Z', false],
  ['yesterday', false],
  ['9999-12-31T23:59:59-05:00', true],
  ['0001-01-01T00:00:00Z', true],
  ['0000-12-31T23:59:59-05:00', true],
  ['0001-01-01T00:00:00+05:00', false],
  ['0000-12-31T23:59:59Z', false],
])('%j is an instant: %s', (text, isOne) => {
  expect(instantSchema.safeParse(text).success).toBe(isOne);
});

test.each(['yesterday', '0000-12-31T23:59:59Z'])('%j is refused with one sentence', (text) => {
  expect(instantSchema.safeParse(text).error?.issues).toHaveLength(1);
});
