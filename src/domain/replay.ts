import { z } from 'zod';

// A bulk replay: deliveries that a filter finds are sent again, no faster than its rate.

/** `same`: the same deliveries, bytes and `webhook-id`s. `fresh`: new deliveries, rendered with today's configuration. */
export const REPLAY_MODES = ['same', 'fresh'] as const;
export type ReplayMode = (typeof REPLAY_MODES)[number];

/** Beside the modes of a replay: `backfill` delivers past events, for the first time, to a subscription that was made after them. */
export const BULK_MODES = [...REPLAY_MODES, 'backfill'] as const;

export const REPLAY_STATES = ['running', 'paused', 'cancelled', 'done'] as const;
export type ReplayState = (typeof REPLAY_STATES)[number];

/** States of deliveries that can be sent again. A retrying one goes now, and keeps its planned attempt. */
export const REPLAYABLE_STATES = ['dead', 'retrying', 'succeeded', 'cancelled'] as const;
export type ReplayableState = (typeof REPLAYABLE_STATES)[number];

const MAX_REPLAY_RATE = 500;
export const DEFAULT_REPLAY_RATE = 10;

export const replayRateSchema = z
  .number()
  .min(0.1)
  .max(MAX_REPLAY_RATE)
  .meta({ description: 'Deliveries a second, all together. The limits of each endpoint hold beside it.' });

/** Why a delivery that the filter found was left out. */
export const SKIP_REASONS = [
  'subscription deleted',
  'event no longer stored',
  'body no longer stored',
  'changed meanwhile',
] as const;
export type SkipReason = (typeof SKIP_REASONS)[number];

/** Seconds that `count` deliveries take at a rate. */
export function estimateS(count: number, ratePerSecond: number): number {
  return Math.ceil(count / ratePerSecond);
}
