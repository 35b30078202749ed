import { Overloaded } from '../domain/errors.ts';

interface Queue {
  /** Under way and waiting. */
  count: number;
  last: Promise<unknown>;
}

/** Runs the work of each key one after the other, in the order in which it came; the work of different keys runs at once. */
export class Turns<Key> {
  readonly #queues = new Map<Key, Queue>();
  readonly #most: number;

  /** @param most how many of one key may be under way and waiting */
  constructor(most: number) {
    this.#most = most;
  }

  /** @throws Overloaded when too many are waiting; nothing was done then */
  async run<T>(key: Key, work: () => Promise<T>): Promise<T> {
    const queue = this.#queues.get(key) ?? { count: 0, last: Promise.resolve() };
    if (queue.count >= this.#most) throw new Overloaded('Changes come in faster than they can be made');
    this.#queues.set(key, queue);
    queue.count += 1;
    const result = queue.last.then(work);
    queue.last = result.catch(() => {}); // its own caller gets the error
    try {
      return await result;
    } finally {
      queue.count -= 1;
      if (queue.count === 0) this.#queues.delete(key);
    }
  }
}
