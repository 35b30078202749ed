import type { TenantId } from './id.ts';
import type { SecretBox } from './secret-box.ts';

// An erasure removes what is stored about a pass. Ids of passes that stay in the bookkeeping become keyed hashes.

/** By what a person's data is named: the pass system's id of the pass, or the tenant's own. */
export const ERASURE_SUBJECTS = ['passId', 'userProvidedId'] as const;
export type ErasureSubject = (typeof ERASURE_SUBJECTS)[number];

export const ERASURE_STATES = ['running', 'done'] as const;
export type ErasureState = (typeof ERASURE_STATES)[number];

/** What is counted, in the order in which it is reported. */
export const ERASED_KINDS = {
  events: 'Events whose facts were erased.',
  deliveries: 'Deliveries whose bodies and answers were erased.',
  cancelled: 'Of these, those that were open and were cancelled.',
  deadLetters: 'Dead letters whose events, bodies and answers were erased; open ones were closed.',
  installations: 'Installations on devices that were deleted.',
  keptAnswers: 'Stored answers of requests with an `Idempotency-Key` that were erased.',
  replays: 'Bulk replays whose filter or name had the id.',
  auditEntries: 'Entries of the audit log that had the id.',
} as const satisfies Readonly<Record<string, string>>;
export type ErasedKind = keyof typeof ERASED_KINDS;
export type ErasureCounts = Readonly<Record<ErasedKind, number>>;

export const NOTHING_ERASED = Object.fromEntries(Object.keys(ERASED_KINDS).map((kind) => [kind, 0])) as ErasureCounts;

export function addCounts(counts: ErasureCounts, more: Partial<ErasureCounts>): ErasureCounts {
  const kinds = Object.keys(ERASED_KINDS) as ErasedKind[];
  return Object.fromEntries(kinds.map((kind) => [kind, counts[kind] + (more[kind] ?? 0)])) as ErasureCounts;
}

const PURPOSE = 'passwire erasure';
const PREFIX = 'erased';

/**
 * What an id becomes: `erased_<key id>_<hash>`. One for each encryption key, the current one first: ids that were erased under an
 * earlier key have that one's. Tenants do not share hashes.
 */
export function erasedIds(box: SecretBox, tenantId: TenantId, subject: ErasureSubject, id: string): readonly string[] {
  return box.hashes(PURPOSE, `${tenantId}\n${subject}\n${id}`).map(({ keyId, hash }) => `${PREFIX}_${keyId}_${hash}`);
}

/** Shorter ids are too likely to be part of another one: they count where they stand by themselves. */
const UNMISTAKABLE_LENGTH = 8;

/** A text (an event's own id, a name, JSON) with the hash in the place of the ids. */
export function hideIds(text: string, ids: readonly string[], hash: string): string {
  return ids.reduce((hidden, id) => hidden.replaceAll(patternOf(id), () => hash), text);
}

/** Whether a text that is not an id of its own has one of the ids in it. */
export function mentions(text: string, ids: readonly string[]): boolean {
  return ids.some((id) => patternOf(id).test(text));
}

function patternOf(id: string): RegExp {
  const literal = RegExp.escape(id);
  return id.length >= UNMISTAKABLE_LENGTH
    ? new RegExp(literal, 'gu')
    : new RegExp(`(?<![\\p{L}\\p{N}])${literal}(?![\\p{L}\\p{N}])`, 'gu');
}
