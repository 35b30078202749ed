import { expect, test } from 'vitest';
import { mapYielding, runYielding } from '../../../src/domain/yielding.ts';

function spin(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

test('items are mapped in their order, and other work is done in between when that takes long', async () => {
  let others = 0;
  const other = setInterval(() => {
    others += 1;
  }, 0);
  const seen: number[] = [];
  const mapped = await mapYielding([1, 2, 3, 4], (item, index) => {
    spin(25);
    seen.push(others);
    return item * 10 + index;
  });
  clearInterval(other);
  expect(mapped).toEqual([10, 21, 32, 43]);
  expect(new Set(seen).size).toBeGreaterThan(1);
});

test('a search runs to its result, with other work between its steps', async () => {
  const steps: string[] = [];
  function* search(): Generator<undefined, string> {
    for (const step of ['a', 'b']) {
      steps.push(step);
      setImmediate(() => steps.push(`after ${step}`));
      yield;
    }
    return 'found';
  }
  expect(await runYielding(search())).toBe('found');
  expect(steps).toEqual(['a', 'after a', 'b', 'after b']);
});
