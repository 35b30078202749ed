import type { ErasureCounts, ErasureState, ErasureSubject } from '../domain/erasure.ts';
import type { Id, TenantId } from '../domain/id.ts';
import type { Sealed } from '../domain/secret-box.ts';
import type { Page, PageQuery } from './page.ts';
import type { DueDelivery } from './queue.ts';

export type ErasureId = Id<'erasure'>;

export interface Erasure {
  readonly id: ErasureId;
  readonly tenantId: TenantId;
  readonly subject: ErasureSubject;
  /** What the id became. */
  readonly subjectHash: string;
  readonly state: ErasureState;
  /** How many passes it is about; those of a `userProvidedId` are searched for first. */
  readonly passes: number;
  readonly counts: ErasureCounts;
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly endedAt: Date | undefined;
}

export type NewErasure = Pick<Erasure, 'id' | 'tenantId' | 'subject' | 'subjectHash' | 'passes' | 'createdBy'> & {
  readonly plan: Sealed;
  readonly searched: boolean;
};

/** An erasure that is under way. */
export interface RunningErasure extends Erasure {
  /** The ids, sealed. */
  readonly plan: Sealed;
  /** False while the passes of a `userProvidedId` are searched for. */
  readonly searched: boolean;
}

/** A pass to erase. */
export interface PassToErase {
  readonly passId: string;
  /** What its id becomes. */
  readonly hash: string;
  /** Ids that other texts may quote: of the pass, and the `userProvidedId`. */
  readonly quoted: readonly string[];
  /** What an event's own id becomes that quotes one of them. */
  readonly hashOf: (text: string) => string;
}

/** One step of an erasure. */
export interface ErasureStep {
  /** What waited for a delivery that was cancelled, and is due now. */
  readonly due: readonly DueDelivery[];
  /** False when nothing was found, or the erasure is no longer running. */
  readonly isMore: boolean;
}

/** What a search for the passes of a `userProvidedId` has found in one step. */
export interface FoundPasses {
  readonly passIds: readonly string[];
  /** Where the next step begins; undefined: everything was looked through. */
  readonly cursor: string | undefined;
}

/** Where a walk through the stored answers is. */
export interface AnswerCursor {
  readonly scope: string;
  readonly key: string;
}

export interface ErasureStore {
  /** What an erasure of the passes would find now. */
  count(tenantId: TenantId, passIds: readonly string[]): Promise<ErasureCounts>;
  /** Looks through some of the tenant's events, newest first, for passes with the `userProvidedId`; in the end through its dead letters. */
  search(tenantId: TenantId, userProvidedId: string, cursor: string | undefined): Promise<FoundPasses>;
  create(erasure: NewErasure): Promise<Erasure>;
  find(tenantId: TenantId, id: ErasureId): Promise<Erasure | undefined>;
  /** @param subjectHashes only erasures of these; undefined: all */
  list(tenantId: TenantId, subjectHashes: readonly string[] | undefined, page: PageQuery): Promise<Page<Erasure>>;
  /** Those that are running, oldest first. */
  running(): Promise<readonly RunningErasure[]>;
  /** Stores what a search has found, so that it is not repeated. */
  setPasses(id: ErasureId, passes: number, plan: Sealed): Promise<void>;
  /** Erases the next rows of a pass, in one transaction that also counts them. */
  erase(erasure: RunningErasure, pass: PassToErase): Promise<ErasureStep>;
  /**
   * Erases stored answers that quote one of the ids, or hold what was rendered from an event, among the next ones after `cursor`.
   *
   * @returns where the next call begins; undefined after the last
   */
  eraseAnswers(
    erasure: RunningErasure,
    quoted: readonly string[],
    cursor: AnswerCursor | undefined,
  ): Promise<AnswerCursor | undefined>;
  /** Whether every transaction that is older than the erasure has ended: what such a one writes belongs to it. */
  isSettled(id: ErasureId): Promise<boolean>;
  /** Ends an erasure, and deletes its ids. */
  finish(id: ErasureId): Promise<void>;
}
