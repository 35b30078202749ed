import { expect, test } from 'vitest';
import { explainAge } from '../../../src/api/past-retention.ts';
import { conflict, notFound } from '../../../src/domain/errors.ts';
import { newId } from '../../../src/domain/id.ts';

const NOW_MS = Date.parse('2026-06-01T00:00:00Z');
const DAY_MS = 24 * 60 * 60 * 1000;
const at = (days: number | undefined) => ({ retention: { days, deadLetterDays: undefined }, clock: () => NOW_MS });
const old = newId('delivery', NOW_MS - 31 * DAY_MS);
const missing = notFound('delivery');

test('what is older than retention is said to be', () => {
  expect(explainAge(at(30), { id: 'delivery' }, old, missing)).toMatchObject({
    kind: 'not_found',
    code: 'not-found',
    message: 'Delivery not found, or not visible to this key. It is kept for 30 days, and this id is older.',
  });
});

test.each([
  ['a younger one', at(30), 'delivery', newId('delivery', NOW_MS - 29 * DAY_MS), missing],
  ['one without retention', at(undefined), 'delivery', old, missing],
  ['what retention does not remove', at(30), 'template', old, missing],
  ['another problem', at(30), 'delivery', old, conflict('still-open', 'It is open.')],
  ['a path without an id', at(30), undefined, undefined, missing],
] as const)('%s is as it was', (_what, context, kind, id, error) => {
  expect(explainAge(context, { id: kind }, id, error)).toBe(error);
});
