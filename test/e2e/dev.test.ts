import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { isAlive } from '../../scripts/servers/alive.mjs';
import { guardProcess, releaseProcess } from '../../scripts/servers/guard.mjs';
import { freePort, isFree } from '../../scripts/servers.mjs';
import { ROOT } from '../support/node-process.ts';
import { eventually } from '../support/poll.ts';

const READY_MS = 120_000;

test('npm run dev: API and worker on servers of its own, restarted on a change, and nothing left after Ctrl-C', async () => {
  const port = await freePort();
  const { PATH = '' } = process.env;
  const dev = spawn(process.execPath, [join(ROOT, 'scripts/dev.mjs')], {
    cwd: ROOT,
    env: { PATH, PORT: String(port) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [dev.stdout, dev.stderr]) stream.on('data', (chunk) => (output += chunk));
  const pid = dev.pid ?? 0;
  guardProcess(pid, 'SIGTERM');
  const exited = once(dev, 'close');
  onTestFinished(async ({ task }) => {
    if (task.result?.state === 'fail') console.error(output);
    dev.kill('SIGTERM');
    await exited;
    releaseProcess(pid);
  });
  // up to its last line: each of its lines is a write of its own
  const readyNotice = /\nReady;[\s\S]*?\n +servers .*\n/g;
  const timesReady = (count: number) =>
    eventually(() => [...output.matchAll(readyNotice)].length >= count, {
      withinMs: READY_MS,
      what: `ready ${count} times`,
    });

  await timesReady(1);
  const [, adminKey = ''] = /admin key +(\S+)/.exec(output) ?? [];
  const [, folder = ''] = /data in (\S+)/.exec(output) ?? [];
  const url = `http://127.0.0.1:${port}`;
  expect(output).toContain(url);
  const tenants = () => fetch(`${url}/v1/tenants`, { headers: { authorization: `Bearer ${adminKey}` } });
  expect((await tenants()).status).toBe(200);
  expect(existsSync(folder)).toBe(true);

  const now = new Date();
  utimesSync(join(ROOT, 'src/config.ts'), now, now);
  await timesReady(2);
  expect(output).toContain('src/config.ts changed: restarting');
  expect((await tenants()).status).toBe(200);

  dev.kill('SIGINT');
  const [code] = await exited;
  expect(code).toBe(0);
  expect(existsSync(folder)).toBe(false);
  expect(await isFree(port)).toBe(true);
  expect(isAlive(pid)).toBe(false);
});
