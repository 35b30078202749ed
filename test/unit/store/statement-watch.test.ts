import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Overloaded, Unavailable } from '../../../src/domain/errors.ts';
import { StatementWatch } from '../../../src/store/statement-watch.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const never = () => new Promise<string>(() => {});

function givenWatch() {
  const onSilence = vi.fn(async () => false);
  const watch = new StatementWatch({ onSilence });
  return { watch, onSilence };
}

describe('the watch over statements', () => {
  test('asks about a server that answers none of its statements, and about no other', async () => {
    const { watch, onSilence } = givenWatch();
    await watch.run(async () => 'answered');
    await vi.advanceTimersByTimeAsync(5000);
    expect(onSilence).not.toHaveBeenCalled();

    const slow = watch.run(never);
    for (let n = 0; n < 10; n++) {
      await watch.run(async () => 'answered');
      await vi.advanceTimersByTimeAsync(500);
    }
    expect(onSilence).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(onSilence).toHaveBeenCalled();
    expect(await Promise.race([slow, 'still open'])).toBe('still open');
  });

  test('takes a server that does not answer its inspection either for frozen', async () => {
    const watch = new StatementWatch({ onSilence: () => new Promise(() => {}) });
    const open = expect(watch.run(never)).rejects.toThrow(Unavailable);
    await vi.advanceTimersByTimeAsync(3000);
    await open;
  });

  test('rejects what is open and refuses what comes while suspended, without a call to the server', async () => {
    const { watch } = givenWatch();
    const open = [watch.run(never), watch.run(never)];
    watch.suspend();
    for (const statement of open) await expect(statement).rejects.toThrow('Postgres is not available');
    const work = vi.fn(never);
    await expect(watch.run(work)).rejects.toThrow(Unavailable);
    expect(work).not.toHaveBeenCalled();
    watch.resume();
    expect(await watch.run(async () => 'answered')).toBe('answered');
  });

  test('lets a statement of a transaction come to its end: its connection serves others afterwards', async () => {
    const { watch } = givenWatch();
    const { promise, resolve } = Promise.withResolvers<string>();
    const inside = watch.runToEnd(() => promise);
    watch.suspend();
    const rollback = watch.runToEnd(async () => 'rolled back');
    expect(await rollback).toBe('rolled back');
    resolve('answered');
    expect(await inside).toBe('answered');
  });

  test('works again as soon as a rejected statement is answered after all', async () => {
    const { watch } = givenWatch();
    const { promise, resolve } = Promise.withResolvers<string>();
    const rejected = watch.run(() => promise);
    watch.suspend();
    await expect(rejected).rejects.toThrow(Unavailable);
    resolve('late');
    await promise;
    await vi.advanceTimersByTimeAsync(0);
    expect(await watch.run(async () => 'answered')).toBe('answered');
  });

  test('is not misled by an error that the server did not send', async () => {
    const { watch } = givenWatch();
    const { promise, reject } = Promise.withResolvers<string>();
    const open = watch.run(() => promise);
    watch.suspend();
    await expect(open).rejects.toThrow(Unavailable);
    reject(Object.assign(new Error('the transaction took too long'), { code: 'P2028' }));
    await vi.advanceTimersByTimeAsync(0);
    await expect(watch.run(async () => 'answered')).rejects.toThrow(Unavailable);
  });

  test('does not believe in an outage while statements are answered', async () => {
    const { watch } = givenWatch();
    await watch.run(async () => 'answered');
    const open = watch.run(async () => 'another');
    watch.suspend();
    expect(await open).toBe('another');
    expect(await watch.run(async () => 'a third')).toBe('a third');
  });

  test.each([
    ['57014', Overloaded, 'Postgres took too long over a statement'],
    ['P2028', Overloaded, 'Postgres took too long over a transaction'],
    ['53100', Unavailable, 'Postgres is not available'],
    ['53200', Unavailable, 'Postgres is not available'],
    ['58030', Unavailable, 'Postgres is not available'],
    ['08006', Unavailable, 'Postgres is not available'],
  ])('translates the code %s', async (code, type, message) => {
    const { watch } = givenWatch();
    const failed = watch.run(async () => {
      throw Object.assign(new Error('of pg'), { code });
    });
    const error = await failed.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(type);
    expect(error).toHaveProperty('message', message);
  });
});
