import { addCounts, type ErasureCounts, NOTHING_ERASED } from '../../domain/erasure.ts';
import { toUuid } from '../../domain/id.ts';
import type { ErasureStep, RunningErasure } from '../../ports/erasures.ts';
import type { DueDelivery } from '../../ports/queue.ts';
import type { Database, Statements } from '../database.ts';

/** What one transaction has erased. Undefined: it found nothing. */
export type Erased = { readonly counts: Partial<ErasureCounts>; readonly due?: readonly DueDelivery[] } | undefined;

export const NOTHING_FOUND: ErasureStep = { due: [], isMore: false };

/**
 * Runs one step in a transaction that also counts what it erased, so that the report is right after a crash. The row of the erasure is
 * locked: two workers that both believe to lead take turns.
 */
export function countStep(
  db: Database,
  { id }: RunningErasure,
  work: (tx: Statements) => Promise<Erased>,
): Promise<ErasureStep> {
  return db.$transaction(async (tx) => {
    const [row] = await tx.$queryRaw<{ counts: Partial<ErasureCounts> }[]>`
      SELECT counts FROM erasures WHERE id = ${toUuid(id)}::uuid AND state = 'running' FOR UPDATE`;
    const erased = row && (await work(tx));
    if (!erased) return NOTHING_FOUND;
    const counts = addCounts(addCounts(NOTHING_ERASED, row.counts), erased.counts);
    await tx.$executeRaw`UPDATE erasures SET counts = ${JSON.stringify(counts)}::json WHERE id = ${toUuid(id)}::uuid`;
    return { due: erased.due ?? [], isMore: true };
  });
}
