import type { Times } from './words.ts';

export const EXPLANATION_CODES = [
  'delivered',
  'retrying',
  'due',
  'due-unknown',
  'sending',
  'waiting-breaker',
  'waiting-pause',
  'waiting-share',
  'waiting-rate',
  'waiting-room',
  'blocked',
  'held-requested',
  'held-gone',
  'held-failing',
  'held-paused',
  'held-released',
  'dead-permanent',
  'dead-gone',
  'dead-exhausted',
  'dead-unbuildable',
  'dead-expired',
  'test-failed',
  'cancelled',
] as const;
export type ExplanationCode = (typeof EXPLANATION_CODES)[number];

/** Sentences in this order: outcome, cause with its rule, what happens next and when, what a person can do. */
export interface Explained {
  readonly code: ExplanationCode;
  readonly sentences: readonly (string | undefined)[];
}

export type Explain<Facts> = (facts: Facts, times: Times) => Explained;
