import { expect, test } from 'vitest';
import { mostMatched, type SubscriberCount } from '../../../src/domain/fan-out.ts';
import { newId } from '../../../src/domain/id.ts';
import { ALWAYS, isWithin, overlap } from '../../../src/domain/time-window.ts';

const [one, other, third] = [newId('template', 0), newId('template', 0), newId('template', 0)];
const counts: readonly SubscriberCount[] = [
  { trigger: 'pass.created', templateId: null, count: 5 },
  { trigger: 'pass.created', templateId: one, count: 3 },
  { trigger: 'pass.created', templateId: other, count: 7 },
  { trigger: 'pass.updated', templateId: third, count: 100 },
];

test('an event matches the subscriptions to its template and those to all', () => {
  expect(mostMatched(counts, { trigger: 'pass.created', templateId: one })).toBe(8);
  expect(mostMatched(counts, { trigger: 'pass.created', templateId: third })).toBe(5);
  expect(mostMatched(counts, { trigger: 'pass.updated', templateId: third })).toBe(100);
});

test('one to all templates counts with the template that has the most', () => {
  expect(mostMatched(counts, { trigger: 'pass.created', templateId: null })).toBe(12);
  expect(mostMatched(counts, { trigger: 'pass.updated', templateId: null })).toBe(100);
  expect(mostMatched(counts, { trigger: 'pass.voided', templateId: null })).toBe(0);
});

test('windows overlap when an instant is within both', () => {
  const window = (fromMs: number, untilMs: number) => ({ fromMs, untilMs });
  expect(overlap(ALWAYS, ALWAYS)).toBe(true);
  expect(overlap(ALWAYS, window(1, 2))).toBe(true);
  expect(overlap(window(1, 3), window(2, 4))).toBe(true);
  expect(overlap(window(1, 2), window(2, 3))).toBe(false);
  expect(overlap(window(2, 3), window(1, 2))).toBe(false);
  expect(overlap(window(2, 2), ALWAYS)).toBe(false);
  expect([0, 1, 2].map((at) => isWithin(window(1, 2), at))).toEqual([false, true, false]);
});
