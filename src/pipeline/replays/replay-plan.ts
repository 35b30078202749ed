import type { DeliveryId } from '../../domain/id.ts';
import type { SecretBox } from '../../domain/secret-box.ts';
import type { Clock } from '../../ports/process.ts';
import type { ReplaySelection, ReplayStore } from '../../ports/replays.ts';
import { type Plan, sealPlan } from '../confirm-token.ts';

export interface DryRunDeps {
  readonly replays: ReplayStore;
  readonly box: SecretBox;
  readonly clock: Clock;
}

/** What the dry run of a replay or a backfill has seen. */
export type ReplayPlan = Plan &
  ReplaySelection & {
    /** The newest id that may be sent. */
    readonly upper: DeliveryId;
  };

/** A token that `startReplay` takes. */
export function sealReplay(box: SecretBox, plan: ReplayPlan): string {
  return sealPlan(box, 'replay', plan);
}
