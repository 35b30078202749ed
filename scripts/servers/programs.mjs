// @ts-check
// Where the server programs of this machine are, and how to get them on Debian.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';

/** The oldest versions that Passwire runs on. */
const POSTGRES_MAJOR = 15;
const REDIS_VERSION = [6, 2];

/** @typedef {'postgres' | 'redis'} Kind */

/**
 * Paths of server programs; Postgres has its `initdb` beside it, and valkey-server counts as Redis.
 *
 * @typedef {Partial<Record<Kind, string>>} Programs
 */

/** @type {Record<Kind, { find: () => string | undefined, package: string, formula: string, name: string }>} */
const SERVERS = {
  postgres: {
    find: findPostgres,
    package: 'postgresql',
    formula: 'postgresql@17',
    name: `PostgreSQL ${POSTGRES_MAJOR} or newer`,
  },
  redis: { find: findRedis, package: 'redis-server', formula: 'redis', name: `Redis ${REDIS_VERSION.join('.')} or newer` },
};

/** What a machine lacks, in words for the person who is to install it. */
export class MissingPrograms extends Error {
  /** @param {readonly Kind[]} missing */
  constructor(missing) {
    const names = missing.map((kind) => SERVERS[kind].name).join(' and ');
    const debian = missing.map((kind) => SERVERS[kind].package).join(' ');
    const homebrew = missing.map((kind) => SERVERS[kind].formula).join(' ');
    super(`to be installed first: ${names} (Debian: apt-get install ${debian}; macOS: brew install ${homebrew})`);
    this.name = 'MissingPrograms';
    this.missing = missing;
  }
}

/**
 * Finds server programs.
 *
 * @param {readonly Kind[]} kinds
 * @returns {Programs}
 * @throws {MissingPrograms}
 */
export function findPrograms(kinds) {
  /** @type {Programs} */
  const programs = Object.fromEntries(kinds.map((kind) => [kind, SERVERS[kind].find()]));
  const missing = kinds.filter((kind) => programs[kind] === undefined);
  if (missing.length > 0) throw new MissingPrograms(missing);
  return programs;
}

/**
 * Finds server programs and, on Debian as root, installs what is missing.
 *
 * @param {readonly Kind[]} kinds
 * @param {(line: string) => void} report
 * @returns {Programs}
 * @throws {MissingPrograms}
 */
export function findOrInstallPrograms(kinds, report) {
  try {
    return findPrograms(kinds);
  } catch (error) {
    if (!(error instanceof MissingPrograms) || !canInstall()) throw error;
    const packages = error.missing.map((kind) => SERVERS[kind].package);
    report(`installing ${packages.join(' and ')} (apt-get), a minute or two`);
    install(packages);
    return findPrograms(kinds);
  }
}

function canInstall() {
  return process.getuid?.() === 0 && existsSync('/etc/debian_version') && onPath('apt-get') !== undefined;
}

const POLICY = '/usr/sbin/policy-rc.d';

/**
 * Debian starts a server as soon as it is installed. A `policy-rc.d` that answers 101 forbids it (Debian Policy 9.3.3.1), so
 * that no unwanted server runs afterwards; one that was already running belongs to the machine and stays.
 *
 * @param {string[]} packages
 */
function install(packages) {
  const ours = !existsSync(POLICY);
  if (ours) writeFileSync(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    aptGet(['update', '-qq']);
    aptGet(['install', '-y', '-qq', '--no-install-recommends', ...packages]);
  } finally {
    if (ours) rmSync(POLICY, { force: true });
  }
}

/** @param {string[]} args */
function aptGet(args) {
  const { status, stdout, stderr, error } = spawnSync('apt-get', args, {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
  });
  if (error) throw error;
  if (status !== 0) throw new Error(`apt-get ${args.join(' ')} failed:\n${stdout}${stderr}`);
}

/** The newest Postgres that has its `initdb` beside it. */
function findPostgres() {
  const places = [
    onPath('postgres'),
    ...programsIn('/usr/lib/postgresql', 'bin/postgres'), // Debian
    ...programsIn('/usr', 'bin/postgres', /^pgsql-/), // Red Hat
    ...programsIn('/opt/homebrew/opt', 'bin/postgres', /^postgresql/),
    ...programsIn('/usr/local/opt', 'bin/postgres', /^postgresql/),
  ];
  return places
    .flatMap((place) => (place && isProgram(place) ? [realpathSync(place)] : []))
    .filter((place) => isProgram(join(dirname(place), 'initdb')))
    .map((place) => ({ place, major: versionOf(place)[0] ?? 0 }))
    .filter(({ major }) => major >= POSTGRES_MAJOR)
    .sort((a, b) => b.major - a.major)[0]?.place;
}

function findRedis() {
  const names = ['redis-server', 'valkey-server'];
  const folders = ['/usr/bin', '/usr/local/bin', '/opt/homebrew/bin'];
  return names
    .flatMap((name) => [onPath(name), ...folders.map((folder) => join(folder, name))])
    .find((place) => place !== undefined && isProgram(place) && isRecentRedis(versionOf(place)));
}

/** @param {number[]} version */
function isRecentRedis([major = 0, minor = 0]) {
  const [leastMajor = 0, leastMinor = 0] = REDIS_VERSION;
  return major > leastMajor || (major === leastMajor && minor >= leastMinor);
}

/**
 * The version that a program reports: "postgres (PostgreSQL) 15.18 (Debian ...)", "Redis server v=7.0.15 sha=...".
 *
 * @param {string} program
 */
function versionOf(program) {
  const { stdout } = spawnSync(program, ['--version'], { encoding: 'utf8' });
  return (/(?:\)|v=)\s*(\d+)(?:\.(\d+))?/.exec(stdout ?? '') ?? []).slice(1).map(Number);
}

/** @param {string} name */
function onPath(name) {
  const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  return folders.map((folder) => join(folder, name)).find(isProgram);
}

/**
 * @param {string} folder
 * @param {string} rest
 * @param {RegExp} [name]
 */
function programsIn(folder, rest, name = /./) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((entry) => name.test(entry))
    .map((entry) => join(folder, entry, rest));
}

/** @param {string} path */
function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
