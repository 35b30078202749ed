import type { Database } from '../database.ts';

/** Unix milliseconds by the database's clock. */
export async function storeNowMs(db: Database): Promise<number> {
  const [row] = await db.$queryRaw<{ now: Date }[]>`SELECT now()`;
  if (!row) throw new Error('the statement returned no row');
  return row.now.getTime();
}
