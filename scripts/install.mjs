// @ts-check
// Makes a fresh clone ready to run. No dependencies, Node 20 or newer; also a program: `node scripts/install.mjs`.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** The Node that the project runs on; it comes as a package, so any Node that runs npm is enough to begin with. */
export const NODE = join(ROOT, 'node_modules', '.bin', 'node');

/**
 * Installs the packages of package-lock.json unless exactly these are installed, and generates the Prisma client if there is
 * none. Reports what it does; prints nothing when there is nothing to do.
 *
 * @throws {Error} when npm or Prisma fails; their output is on the terminal
 */
export function ensureInstalled() {
  if (!isInstalled()) {
    report('installing packages (npm ci), about a minute');
    run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
  }
  if (!existsSync(join(ROOT, 'src/store/generated/client.ts'))) {
    report('generating the Prisma client');
    run(NODE, [join(ROOT, 'scripts/generate.mjs')]);
  }
}

/** @param {string} line */
export function report(line) {
  console.error(`passwire: ${line}`);
}

/**
 * Compares npm's own list of what it installed with package-lock.json, by content: a switch of branches changes times without
 * changing packages. Optional packages (for other systems) may be missing.
 */
function isInstalled() {
  const wanted = packagesOf(join(ROOT, 'package-lock.json'));
  const present = packagesOf(join(ROOT, 'node_modules', '.package-lock.json'));
  if (!existsSync(NODE)) return false;
  return Object.entries(wanted).every(([path, entry]) => {
    const isLeftOut = present[path] === undefined && (entry.optional || entry.devOptional);
    return path === '' || isLeftOut || present[path]?.version === entry.version;
  });
}

/**
 * @param {string} file
 * @returns {Record<string, { version?: string, optional?: boolean, devOptional?: boolean }>}
 */
function packagesOf(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).packages : {};
}

/**
 * @param {string} program
 * @param {string[]} args
 */
function run(program, args) {
  const { status, error } = spawnSync(program, args, { cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'] });
  if (error) throw error;
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} failed`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) ensureInstalled();
