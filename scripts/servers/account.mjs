// @ts-check
// Postgres refuses to run as root: as root, servers run under an account without rights.
import { spawnSync } from 'node:child_process';
import { chownSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/**
 * The account a server runs as; without members, that of this process.
 *
 * @typedef {{ uid?: number, gid?: number }} Account
 */

/** @returns {Account} */
export function serverAccount() {
  if (process.getuid?.() !== 0) return {};
  for (const name of ['postgres', 'nobody']) {
    const uid = numberOf('-u', name);
    const gid = numberOf('-g', name);
    if (uid !== undefined && gid !== undefined) return { uid, gid };
  }
  throw new Error('Postgres does not run as root, and this machine has neither an account "postgres" nor "nobody"');
}

/**
 * @param {string} option
 * @param {string} name
 */
function numberOf(option, name) {
  const { status, stdout } = spawnSync('id', [option, name], { encoding: 'utf8' });
  return status === 0 ? Number(stdout.trim()) : undefined;
}

/**
 * Makes an empty folder that `account` owns and can reach: `wanted` if its parents let the account pass (a clone below a
 * home folder with mode 700 does not), else one below the system's folder for temporary files.
 *
 * @param {Account} account
 * @param {string} [wanted] what it holds is deleted
 * @returns {string}
 */
export function makeFolder(account, wanted) {
  if (wanted !== undefined) {
    mkdirSync(dirname(wanted), { recursive: true });
    if (canReach(dirname(wanted), account)) {
      rmSync(wanted, { recursive: true, force: true });
      mkdirSync(wanted, { mode: 0o700 });
      return owned(wanted, account);
    }
  }
  return owned(mkdtempSync(join(tmpdir(), 'passwire-')), account);
}

/**
 * @param {string} folder
 * @param {Account} account
 */
function canReach(folder, account) {
  return spawnSync('test', ['-x', folder], { ...account, cwd: '/' }).status === 0;
}

/**
 * Gives a folder or file to `account`.
 *
 * @param {string} path
 * @param {Account} account
 */
export function owned(path, { uid, gid }) {
  if (uid !== undefined && gid !== undefined) chownSync(path, uid, gid);
  return path;
}
