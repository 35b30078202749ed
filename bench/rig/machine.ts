import { execFileSync } from 'node:child_process';
import { cpus, loadavg, totalmem } from 'node:os';
import { ROOT } from '../../test/support/node-process.ts';
import { monotonicMs } from './clock.ts';
import { cpuOfMachine } from './cpu.ts';
import type { Rig } from './rig.ts';

const SETTINGS = ['server_version', 'fsync', 'synchronous_commit', 'full_page_writes', 'shared_buffers'];

/** Where and on what the figures were taken. */
export async function describeMachine(rig: Rig): Promise<object> {
  const { rows } = await rig.sql.query<{ name: string; setting: string }>(
    `SELECT name, current_setting(name) AS setting FROM unnest($1::text[]) AS name`,
    [SETTINGS],
  );
  return {
    processors: cpus().length,
    processor: cpus()[0]?.model,
    memoryBytes: totalmem(),
    // other work on the machine makes every figure worse
    loadBefore: loadavg()[0],
    node: process.version,
    postgres: Object.fromEntries(rows.map(({ name, setting }) => [name, setting])),
    redis: /redis_version:(\S+)/.exec(await rig.redis.info('server'))?.[1],
    commit: commit(),
  };
}

/** Measures from now on; the returned function reports at the end. Other programs slow everything down and spoil figures in milliseconds. */
export function watchForeignLoad(): () => string {
  const startedAtMs = monotonicMs();
  const before = cpuOfMachine();
  return () => {
    const after = cpuOfMachine();
    const foreignUs = after.busyUs - before.busyUs - (after.oursUs - before.oursUs);
    const share = foreignUs / ((monotonicMs() - startedAtMs) * 1000 * cpus().length);
    return `other programs took ${Math.max(0, Math.round(share * 100))} % of the machine meanwhile`;
  };
}

function commit(): string | undefined {
  try {
    return execFileSync('git', ['describe', '--always', '--dirty'], {
      cwd: ROOT,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return undefined; // not a clone
  }
}
