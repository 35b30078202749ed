import { conflict } from '../domain/errors.ts';
import type { DeadLetterId, TenantId } from '../domain/id.ts';
import type { SecretBox } from '../domain/secret-box.ts';
import type { DeadLetterStore, FoundLetters, OpenLetters } from '../ports/dead-letters.ts';
import type { Clock } from '../ports/process.ts';
import { isAsForeseen, openPlan, type Plan, sealPlan, TOKEN_LIFE_MS } from './confirm-token.ts';

export interface DiscardDeps {
  readonly deadLetters: Pick<DeadLetterStore, 'upper' | 'countOpen' | 'discardAll'>;
  readonly box: SecretBox;
  readonly clock: Clock;
}

interface DiscardPlan extends Plan {
  readonly filter: OpenLetters;
  readonly upper: DeadLetterId;
}

export interface DiscardDryRun {
  readonly count: number;
  readonly subscriptions: readonly FoundLetters[];
  readonly frozenAt: Date;
  /** Undefined when nothing would be discarded. */
  readonly confirmToken: string | undefined;
  readonly expiresAt: Date;
}

/** Counts the open dead letters that a filter finds, and seals them into a token that discards exactly those. */
export async function dryRunDiscard(
  { deadLetters, box, clock }: DiscardDeps,
  tenantId: TenantId,
  filter: OpenLetters,
): Promise<DiscardDryRun> {
  const upper = await deadLetters.upper();
  const subscriptions = await deadLetters.countOpen(tenantId, filter, upper);
  const count = sum(subscriptions);
  const nowMs = clock();
  const expiresAt = new Date(nowMs + TOKEN_LIFE_MS);
  const plan: DiscardPlan = { tenantId, filter, upper, count, expiresAtMs: expiresAt.getTime() };
  return {
    count,
    subscriptions,
    frozenAt: new Date(nowMs),
    confirmToken: count > 0 ? sealPlan(box, 'discard', plan) : undefined,
    expiresAt,
  };
}

/**
 * Discards what a dry run has counted.
 *
 * @returns how many were discarded
 * @throws Problem invalid for a token that is not good; conflict when what it would discard has changed since
 */
export async function discardDeadLetters(
  { deadLetters, box, clock }: DiscardDeps,
  tenantId: TenantId,
  { confirmToken, reason }: { readonly confirmToken: string; readonly reason: string },
  by: string,
): Promise<number> {
  const plan = openPlan<DiscardPlan>(box, 'discard', confirmToken, { tenantId, nowMs: clock() });
  const { filter, upper, count: foreseen } = plan;
  const count = sum(await deadLetters.countOpen(tenantId, filter, upper));
  if (!isAsForeseen(foreseen, count)) {
    throw conflict('dry-run-outdated', `The dry run found ${foreseen}; now it would find ${count}. Make another dry run.`);
  }
  return deadLetters.discardAll(tenantId, filter, upper, { by, reason });
}

function sum(found: readonly FoundLetters[]): number {
  return found.reduce((total, { count }) => total + count, 0);
}
