import type { Database, Statements } from './database.ts';

/**
 * From now to its end a transaction plans its statements for their values. Connections plan a statement once, for any values (see
 * `openPool`); what a person filters by is common or rare, and one plan cannot suit both: what is rare would be looked for among all
 * rows of its tenant.
 */
export async function planForValues(tx: Statements): Promise<void> {
  await tx.$executeRaw`SET LOCAL plan_cache_mode = force_custom_plan`;
}

/** Runs statements that are planned for their values. */
export function plannedForValues<T>(db: Database, read: (tx: Statements) => Promise<T>): Promise<T> {
  return db.$transaction(async (tx) => {
    await planForValues(tx);
    return read(tx);
  });
}
