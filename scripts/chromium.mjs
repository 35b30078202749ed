// @ts-check
// Installs Chromium for the tests of the console, as root on Debian, unless there is one. A program: `node scripts/chromium.mjs`.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { report } from './install.mjs';

/** Where Debian, Ubuntu and others install it; CHROMIUM names another one. */
const PROGRAMS = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome-stable',
  '/usr/bin/google-chrome',
];

/** @returns {string | undefined} the program; undefined when there is none */
export function findChromium() {
  return process.env.CHROMIUM || PROGRAMS.find((program) => existsSync(program));
}

if (process.argv[1] === fileURLToPath(import.meta.url) && findChromium() === undefined) {
  report('installing Chromium (apt-get install chromium), a minute or two');
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  for (const args of [['update'], ['install', '-y', '--no-install-recommends', 'chromium']]) {
    const { status } = spawnSync('apt-get', ['-q', ...args], { stdio: ['ignore', 'ignore', 'inherit'], env });
    if (status !== 0) process.exitCode = 1;
  }
}
