import { describe, expect, test } from 'vitest';
import { entityTag, expectedVersions } from '../../../src/api/if-match.ts';

describe('If-Match', () => {
  test.each<[string | undefined, readonly number[] | undefined]>([
    [undefined, undefined],
    ['*', undefined],
    [' * ', undefined],
    [entityTag(7), [7]],
    ['"7", "8"', [7, 8]],
    ['"7","8",', [7, 8]],
    ['"6" , W/"7"', [6]],
    ['W/"7"', []],
    ['"07"', []],
    ['"of-another,with-a-comma", "9"', [9]],
    ['""', []],
    ['"99999999999"', []],
  ])('%j names the versions %j', (header, versions) => {
    expect(expectedVersions(header)).toEqual(versions);
  });

  test.each([
    '',
    ' ',
    ',',
    '7',
    'w/"7"',
    '"7',
    '7"',
    '"7" "8"',
    '*, "7"',
    '"7", *',
    "'7'",
    '"a"b"',
    '"7 "',
    '"a tag, spaced"',
  ])('%j is malformed', (header) => {
    expect(() => expectedVersions(header)).toThrow(expect.objectContaining({ code: 'invalid-if-match', status: 400 }));
  });
});
