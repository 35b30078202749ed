import { describe, expect, test } from 'vitest';
import { hasTooManyValues, isSmallJson, MAX_JSON_VALUES } from '../../../src/domain/json-size.ts';
import { runYielding } from '../../../src/domain/yielding.ts';

const elements = (count: number, element: string) => `[${Array.from({ length: count }, () => element).join(',')}]`;
const members = (count: number) => `{${Array.from({ length: count }, (_, index) => `"${index}":0`).join(',')}}`;

function isTooMuch(text: string): Promise<boolean> {
  return runYielding(hasTooManyValues(text));
}

describe('a text', () => {
  test.each([
    ['elements', elements(MAX_JSON_VALUES, '0')],
    ['members', members(MAX_JSON_VALUES)],
    ['nested lists', '['.repeat(MAX_JSON_VALUES)],
    ['empty objects', elements(MAX_JSON_VALUES / 2, '{}')],
  ])('of 200,000 %s is taken, and of one more refused', async (_what, text) => {
    expect(await isTooMuch(text)).toBe(false);
    expect(await isTooMuch(text.replace(/^./, (open) => (open === '{' ? '{"x":{},' : '[[],')))).toBe(true);
  });

  test.each([
    ['commas and brackets in text', `["${',[{'.repeat(MAX_JSON_VALUES)}"]`],
    ['an escaped quote before the end', `["\\\\\\"${',['.repeat(MAX_JSON_VALUES)}"]`],
    ['escaped quotes', `["${'\\",'.repeat(MAX_JSON_VALUES)}"]`],
    ['a text that does not end', `["${',['.repeat(MAX_JSON_VALUES)}`],
    ['backslashes before the end', `["${'\\\\'.repeat(MAX_JSON_VALUES)}"]`],
  ])('with %s is judged by its values', async (_what, text) => {
    expect(await isTooMuch(text)).toBe(false);
  });

  test('that is too short for so many needs no search', async () => {
    const longest = '['.repeat(2 * MAX_JSON_VALUES);
    expect(isSmallJson(longest)).toBe(true);
    expect(isSmallJson(`${longest}[`)).toBe(false);
    expect(await isTooMuch(elements(MAX_JSON_VALUES, '0').slice(0, 2 * MAX_JSON_VALUES))).toBe(false);
  });
});
