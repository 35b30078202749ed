// @ts-check
// Fails when the packages that production installs weigh too much: `npm run check`. Measures what is installed here, offline.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ROOT } from './install.mjs';

const MAX_MB = 220;
const SHOWN = 10;
const BYTES_PER_MB = 1024 * 1024;
/** Files take whole blocks of a disk. */
const BLOCK_BYTES = 4096;

/** @typedef {{ readonly path: string, readonly bytes: number }} Weighed */

/**
 * Weighs what `npm ci --omit=dev --omit=optional` installs (see Dockerfile), heaviest first.
 *
 * @param {string} root a folder with package-lock.json and node_modules
 * @returns {Weighed[]}
 * @throws {Error} naming a package of production that is not installed
 */
export function weighProduction(root) {
  /** @type {{ packages: Record<string, { dev?: boolean, optional?: boolean, devOptional?: boolean }> }} */
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  return Object.entries(packages)
    .filter(([path, { dev, optional, devOptional }]) => path !== '' && !dev && !optional && !devOptional)
    .map(([path]) => ({ path, bytes: bytesOf(join(root, path)) }))
    .sort((a, b) => b.bytes - a.bytes);
}

/**
 * The disk space of a package, without the packages inside it: they are in package-lock.json themselves.
 *
 * @param {string} folder
 * @returns {number}
 */
function bytesOf(folder) {
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => name !== 'node_modules')
    .map((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return bytesOf(path);
      return entry.isFile() ? Math.ceil(statSync(path).size / BLOCK_BYTES) * BLOCK_BYTES : 0;
    })
    .reduce((sum, bytes) => sum + bytes, 0);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const weighed = weighProduction(process.argv[2] ?? ROOT);
  const megabytes = weighed.reduce((sum, { bytes }) => sum + bytes, 0) / BYTES_PER_MB;
  if (megabytes > MAX_MB) {
    console.error(`production packages weigh ${megabytes.toFixed(0)} MB, more than ${MAX_MB}; the heaviest:`);
    for (const { path, bytes } of weighed.slice(0, SHOWN))
      console.error(`  ${(bytes / BYTES_PER_MB).toFixed(1)} MB  ${path}`);
    process.exitCode = 1;
  }
}
