import { watch } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../test/support/node-process.ts';

const FOLDERS = ['src', 'workers', 'console/src'];
const SOURCE = /\.(tsx?|css|lua)$/;
/** An editor or a switch of branches writes many files, each in several steps. */
const QUIET_MS = 200;

/**
 * Calls `onChange` once after the source of API, worker or console has changed, and only when an earlier call has ended.
 *
 * @returns what ends it
 */
export function watchSource(onChange: (file: string) => Promise<void>): () => void {
  let changed: string | undefined;
  let timer: NodeJS.Timeout | undefined;
  let busy = false;
  const wait = (): void => {
    clearTimeout(timer);
    timer = setTimeout(report, QUIET_MS);
  };
  const report = async (): Promise<void> => {
    if (busy || changed === undefined) return;
    const file = changed;
    changed = undefined;
    busy = true;
    await onChange(file);
    busy = false;
    if (changed !== undefined) wait();
  };
  const watchers = FOLDERS.map((folder) =>
    watch(join(ROOT, folder), { recursive: true }, (_, name) => {
      if (name === null || !SOURCE.test(name)) return;
      changed = join(folder, name);
      wait();
    }),
  );
  return () => {
    clearTimeout(timer);
    for (const watcher of watchers) watcher.close();
  };
}
