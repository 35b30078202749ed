import { monotonicMs } from './clock.ts';

export interface Posts {
  readonly urls: readonly string[];
  readonly body: string;
  readonly count: number;
  readonly concurrency: number;
}

/** Posts `count` times to the URLs, round robin, `concurrency` at a time. Returns how long it took, in milliseconds. */
export async function inLanes({ urls, count, concurrency }: Posts, post: (url: string) => Promise<void>): Promise<number> {
  const startedAtMs = monotonicMs();
  let begun = 0;
  const lane = async (): Promise<void> => {
    while (begun < count) await post(urls[begun++ % urls.length] ?? '');
  };
  await Promise.all(Array.from({ length: concurrency }, lane));
  return monotonicMs() - startedAtMs;
}
