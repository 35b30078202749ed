/** Other work of the process waits no longer than this and one item. */
const MAX_BUSY_MS = 20;

/** Maps items one by one; when that takes long, other requests are served in between. */
export async function mapYielding<T, R>(items: readonly T[], map: (item: T, index: number) => R): Promise<R[]> {
  const mapped: R[] = [];
  let pauseAt = performance.now() + MAX_BUSY_MS;
  for (const [index, item] of items.entries()) {
    mapped.push(map(item, index));
    if (performance.now() < pauseAt) continue;
    await yieldToOthers();
    pauseAt = performance.now() + MAX_BUSY_MS;
  }
  return mapped;
}

/** Runs a search that yields to its end; other requests are served between its steps. */
export async function runYielding<R>(steps: Generator<undefined, R>): Promise<R> {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    await yieldToOthers();
  }
}

export function yieldToOthers(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
