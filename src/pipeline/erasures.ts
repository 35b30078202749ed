import { type ErasureCounts, type ErasureSubject, erasedIds } from '../domain/erasure.ts';
import { invalid, notFound } from '../domain/errors.ts';
import { newId, type TenantId } from '../domain/id.ts';
import type { SecretBox } from '../domain/secret-box.ts';
import type { Erasure, ErasureId, ErasureStore } from '../ports/erasures.ts';
import type { Clock } from '../ports/process.ts';
import { openPlan, type Plan, sealPlan, TOKEN_LIFE_MS } from './confirm-token.ts';
import { type ErasurePlan, sealIds } from './erasure-plan.ts';

export interface ErasuresDeps {
  readonly erasures: ErasureStore;
  readonly box: SecretBox;
  readonly clock: Clock;
}

/** Whose data: exactly one of the two. */
export interface Subject {
  readonly passId?: string | undefined;
  readonly userProvidedId?: string | undefined;
}

interface ErasureTokenPlan extends Plan {
  readonly filter: { readonly subject: ErasureSubject; readonly id: string };
}

/** Chunks of events that a dry run looks through for a `userProvidedId`: about 100,000 events. */
const MAX_SEARCH_STEPS = 20;

export interface ErasureDryRun {
  readonly counts: ErasureCounts;
  readonly passes: number;
  /** False when there are more events than a dry run looks through: the erasure itself looks through all of them. */
  readonly complete: boolean;
  readonly confirmToken: string;
  readonly expiresAt: Date;
}

/** Counts what an erasure would find. Changes nothing. */
export async function dryRunErasure(
  { erasures, box, clock }: ErasuresDeps,
  tenantId: TenantId,
  input: Subject,
): Promise<ErasureDryRun> {
  const { subject, id } = subjectOf(input);
  const { passIds, complete } =
    subject === 'passId' ? { passIds: [id], complete: true } : await searchNewest(erasures, tenantId, id);
  const counts = await erasures.count(tenantId, passIds);
  const expiresAt = new Date(clock() + TOKEN_LIFE_MS);
  const plan: ErasureTokenPlan = {
    tenantId,
    filter: { subject, id },
    count: counts.events,
    expiresAtMs: expiresAt.getTime(),
  };
  return { counts, passes: passIds.length, complete, confirmToken: sealPlan(box, 'erasure', plan), expiresAt };
}

async function searchNewest(
  erasures: Pick<ErasureStore, 'search'>,
  tenantId: TenantId,
  userProvidedId: string,
): Promise<{ readonly passIds: readonly string[]; readonly complete: boolean }> {
  const passIds = new Set<string>();
  let cursor: string | undefined;
  for (let step = 0; step < MAX_SEARCH_STEPS; step++) {
    const found = await erasures.search(tenantId, userProvidedId, cursor);
    for (const passId of found.passIds) passIds.add(passId);
    cursor = found.cursor;
    if (cursor === undefined) return { passIds: [...passIds], complete: true };
  }
  return { passIds: [...passIds], complete: false };
}

/**
 * Starts an erasure; the leading worker carries it out.
 *
 * @param confirmToken of a dry run for the same subject; undefined: none was made
 * @param by the id of the API key that requests it
 * @throws Problem invalid for a token that is not good
 */
export async function startErasure(
  { erasures, box, clock }: ErasuresDeps,
  tenantId: TenantId,
  { confirmToken, ...input }: Subject & { readonly confirmToken?: string | undefined },
  by: string,
): Promise<Erasure> {
  const { subject, id } = subjectOf(input);
  if (confirmToken !== undefined) {
    const { filter } = openPlan<ErasureTokenPlan>(box, 'erasure', confirmToken, { tenantId, nowMs: clock() });
    if (filter.subject !== subject || filter.id !== id) {
      throw invalid([{ pointer: '/confirmToken', detail: 'must be the confirmToken of a dry run with the same id' }]);
    }
  }
  const [subjectHash = ''] = erasedIds(box, tenantId, subject, id);
  const isPass = subject === 'passId';
  const plan: ErasurePlan = isPass ? { passIds: [id] } : { passIds: [], userProvidedId: id };
  return erasures.create({
    id: newId('erasure', clock()),
    tenantId,
    subject,
    subjectHash,
    passes: plan.passIds.length,
    createdBy: by,
    plan: sealIds(box, plan),
    searched: isPass,
  });
}

/** The hashes that an erasure of this subject can have; undefined when none is named. */
export function subjectHashes(box: SecretBox, tenantId: TenantId, input: Subject): readonly string[] | undefined {
  if (input.passId === undefined && input.userProvidedId === undefined) return undefined;
  const { subject, id } = subjectOf(input);
  return erasedIds(box, tenantId, subject, id);
}

/** @throws Problem not_found */
export async function requireErasure(
  { erasures }: Pick<ErasuresDeps, 'erasures'>,
  tenantId: TenantId,
  id: ErasureId,
): Promise<Erasure> {
  const erasure = await erasures.find(tenantId, id);
  if (!erasure) throw notFound('erasure');
  return erasure;
}

interface NamedSubject {
  readonly subject: ErasureSubject;
  readonly id: string;
}

function subjectOf({ passId, userProvidedId }: Subject): NamedSubject {
  if ((passId === undefined) === (userProvidedId === undefined)) {
    throw invalid([{ pointer: '/passId', detail: 'or userProvidedId is required, and not both' }]);
  }
  return passId === undefined ? { subject: 'userProvidedId', id: userProvidedId ?? '' } : { subject: 'passId', id: passId };
}
