import { expect, test } from 'vitest';
import { Overloaded } from '../../../src/domain/errors.ts';
import { Turns } from '../../../src/store/turns.ts';

/** Work that the test ends. */
function controlled() {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const work = { began: false, resolve, reject, run: () => promise };
  work.run = () => {
    work.began = true;
    return promise;
  };
  return work;
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

test('work of one key waits for the one before it, also when that fails; of another key it does not', async () => {
  const turns = new Turns<string>(10);
  const [first, second, other] = [controlled(), controlled(), controlled()];
  const results = [turns.run('a', first.run), turns.run('a', second.run), turns.run('b', other.run)] as const;
  await settled();
  expect([first.began, second.began, other.began]).toEqual([true, false, true]);
  first.reject(new Error('no'));
  await expect(results[0]).rejects.toThrow('no');
  await settled();
  expect(second.began).toBe(true);
  second.resolve('second');
  other.resolve('other');
  expect([await results[1], await results[2]]).toEqual(['second', 'other']);
});

test('work beyond the bound is refused, and accepted again when there is room', async () => {
  const turns = new Turns<string>(2);
  const [first, second] = [controlled(), controlled()];
  const results = [turns.run('a', first.run), turns.run('a', second.run)];
  await expect(turns.run('a', async () => 'third')).rejects.toThrow(Overloaded);
  expect(await turns.run('b', async () => 'other')).toBe('other');
  first.resolve('');
  second.resolve('');
  await Promise.all(results);
  expect(await turns.run('a', async () => 'third')).toBe('third');
});
