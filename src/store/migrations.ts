import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** The migrations of this version. */
export const MIGRATIONS = join(import.meta.dirname, '../../prisma/migrations');

/** The names of the migrations in a folder, in the order in which they are applied. */
export async function migrationNames(folder: string = MIGRATIONS): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory() && /^\d{14}_/.test(entry.name))
    .map(({ name }) => name)
    .sort();
}
