/** Why the content of an event or a delivery (facts, bodies, answers) is no longer stored, although its row is. */
export const REMOVAL_REASONS = ['retention', 'erasure'] as const;
export type RemovalReason = (typeof REMOVAL_REASONS)[number];

export interface ContentRemoval {
  readonly reason: RemovalReason;
  readonly at: Date;
}

const WORDS: Readonly<Record<RemovalReason, string>> = {
  retention: 'was removed when it was past retention',
  erasure: 'was erased on request',
};

/** For people: `was erased on request on 2026-11-03`. */
export function removalText({ reason, at }: ContentRemoval): string {
  return `${WORDS[reason]}, on ${at.toISOString().slice(0, 10)}`;
}
