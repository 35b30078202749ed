import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { Batcher, type BatcherOptions, isolateFailures } from '../../../src/pipeline/batcher.ts';
import { eventually } from '../../support/poll.ts';

/** Runs that the test ends. */
function controlled<In>(options: Partial<BatcherOptions<In>> = {}) {
  const runs: { readonly items: readonly In[]; readonly end: (results: readonly string[] | Error) => void }[] = [];
  const batcher = new Batcher<In, string>(
    (items) => {
      const { promise, resolve, reject } = Promise.withResolvers<readonly string[]>();
      runs.push({ items, end: (results) => (results instanceof Error ? reject(results) : resolve(results)) });
      return promise;
    },
    { maxWeight: 10, maxInFlight: 1, ...options },
  );
  return { batcher, runs, itemsOf: () => runs.map(({ items }) => items) };
}

describe('a batcher', () => {
  test('passes items of one tick to one run, in order, and returns each its own result', async () => {
    const batcher = new Batcher<number, number>(async (items) => items.map((item) => item * 10), {
      maxWeight: 10,
      maxInFlight: 1,
    });
    expect(await Promise.all([3, 1, 2].map((item) => batcher.add(item)))).toEqual([30, 10, 20]);
  });

  test('does not delay a lone item', async () => {
    const { batcher, runs, itemsOf } = controlled<string>();
    const result = batcher.add('a');
    await turn();
    expect(itemsOf()).toEqual([['a']]);
    runs[0]?.end(['A']);
    expect(await result).toBe('A');
  });

  describe('with a pace', () => {
    const paced = { maxInFlight: 9, paceMs: 40, enough: 3 };

    test('starts at once when idle, and collects items until the pace allows the next run', async () => {
      const { batcher, runs, itemsOf } = controlled<string>(paced);
      const beganAtMs = performance.now();
      batcher.add('a');
      await turn();
      expect(itemsOf()).toEqual([['a']]);
      batcher.add('b');
      await turn();
      batcher.add('c');
      await turn();
      expect(itemsOf()).toEqual([['a']]);
      await eventually(() => runs.length === 2);
      expect(itemsOf()).toEqual([['a'], ['b', 'c']]);
      expect(performance.now() - beganAtMs).toBeGreaterThanOrEqual(paced.paceMs - 1);
    });

    test('flushes as soon as enough of them wait', async () => {
      const { batcher, itemsOf } = controlled<string>({ ...paced, paceMs: 60_000 });
      batcher.add('a');
      await turn();
      for (const item of ['b', 'c', 'd']) batcher.add(item);
      await turn();
      expect(itemsOf()).toEqual([['a'], ['b', 'c', 'd']]);
    });
  });

  test('collects items while the maximum of runs is in progress, and the next run takes them all', async () => {
    const { batcher, runs, itemsOf } = controlled<number>({ maxInFlight: 2 });
    const results: Promise<string>[] = [];
    for (const item of [1, 2, 3, 4]) {
      results.push(batcher.add(item));
      await turn();
    }
    expect(itemsOf()).toEqual([[1], [2]]);
    runs[0]?.end(['one']);
    await turn();
    await turn();
    expect(itemsOf()).toEqual([[1], [2], [3, 4]]);
    runs[2]?.end(['three', 'four']);
    runs[1]?.end(['two']);
    expect(await Promise.all(results)).toEqual(['one', 'two', 'three', 'four']);
  });

  test('takes items up to the weight, in order; a heavier one runs alone', async () => {
    const { batcher, runs, itemsOf } = controlled<number>({ weigh: (item) => item });
    const results = [4, 6, 1, 25, 2, 9].map((item) => batcher.add(item));
    for (let run = 0; run < 5; run++) {
      await turn();
      await turn();
      runs[run]?.end(runs[run]?.items.map(String) ?? []);
    }
    expect(await Promise.all(results)).toEqual(['4', '6', '1', '25', '2', '9']);
    expect(itemsOf()).toEqual([[4, 6], [1], [25], [2], [9]]);
  });

  test('rejects an item that waits too long for a run, and leaves it out; one whose run has started is not in a hurry', async () => {
    const { batcher, runs, itemsOf } = controlled<string>({ expiry: { afterMs: 20, reason: () => new Error('too late') } });
    const first = batcher.add('a');
    await turn();
    await expect(batcher.add('b')).rejects.toThrow('too late');
    const third = batcher.add('c');
    runs[0]?.end(['A']);
    expect(await first).toBe('A');
    await eventually(() => runs.length === 2);
    runs[1]?.end(['C']);
    expect(await third).toBe('C');
    expect(itemsOf()).toEqual([['a'], ['c']]);
  });

  test('rejects the items of a run that fails and goes on with the others', async () => {
    const { batcher, runs } = controlled<string>();
    const failing = Promise.allSettled([batcher.add('a'), batcher.add('b')]);
    await turn();
    const later = batcher.add('c');
    const reason = new Error('no');
    runs[0]?.end(reason);
    expect(await failing).toEqual([
      { status: 'rejected', reason },
      { status: 'rejected', reason },
    ]);
    await turn();
    runs[1]?.end(['C']);
    expect(await later).toBe('C');
  });

  test('rejects an item that its run gave no result for', async () => {
    const { batcher, runs } = controlled<string>();
    const results = Promise.allSettled([batcher.add('a'), batcher.add('b')]);
    await turn();
    runs[0]?.end(['A']);
    const [first, second] = await results;
    expect(first).toEqual({ status: 'fulfilled', value: 'A' });
    expect(second?.status).toBe('rejected');
  });
});

describe('an item run alone', () => {
  const culprit = new Error('wrong');
  const away = new Error('away');

  function counting(fails: (items: readonly string[]) => Error | undefined) {
    const runs: (readonly string[])[] = [];
    const run = isolateFailures<string, string>(
      async (items) => {
        runs.push(items);
        const error = fails(items);
        if (error) throw error;
        return items.map((item) => item.toUpperCase());
      },
      (error) => error === away,
    );
    return { run, runs };
  }

  test('is one run while nothing is wrong', async () => {
    const { run, runs } = counting(() => undefined);
    expect(await run(['a', 'b'])).toEqual(['A', 'B']);
    expect(runs).toHaveLength(1);
  });

  test('rejects the culprit and resolves the others', async () => {
    const { run } = counting((items) => (items.includes('b') ? culprit : undefined));
    expect(await run(['a', 'b', 'c'])).toEqual(['A', culprit, 'C']);
    expect(await run(['b'])).toEqual([culprit]);
  });

  test('rejects all items at once for a failure that concerns all', async () => {
    const { run, runs } = counting(() => away);
    expect(await run(['a', 'b'])).toEqual([away, away]);
    expect(runs).toHaveLength(1);
  });
});
