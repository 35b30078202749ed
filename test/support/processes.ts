import { afterAll, afterEach } from 'vitest';
import type { Env } from './node-process.ts';
import { type ApiProcess, startApi, startWorker, type TestProcess } from './process.ts';

export interface Processes {
  startApi(env: Env): Promise<ApiProcess>;
  startWorker(env: Env): Promise<TestProcess>;
}

/**
 * API and worker processes of one test file: started on demand, their output printed beside a test that fails, killed after
 * the last test.
 */
export function useProcesses(): Processes {
  const all: TestProcess[] = [];
  const note = (started: TestProcess): void => void all.push(started);
  afterEach(({ task }) => {
    if (task.result?.state !== 'fail') return;
    for (const { name, output } of all) console.error(`---- ${name} ----\n${output}`);
  });
  afterAll(async () => {
    await Promise.all(all.map((one) => one.kill()));
  });
  return { startApi: (env) => startApi(env, note), startWorker: (env) => startWorker(env, note) };
}
