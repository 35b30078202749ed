import { conflict } from '../../domain/errors.ts';
import { newId, type TenantId } from '../../domain/id.ts';
import type { Replay } from '../../ports/replays.ts';
import { isAsForeseen, openPlan } from '../confirm-token.ts';
import type { TenantConfigs } from '../tenant-configs.ts';
import { countPast } from './backfill.ts';
import { sendable } from './dry-run.ts';
import type { DryRunDeps, ReplayPlan } from './replay-plan.ts';

export interface StartReplayDeps extends DryRunDeps {
  readonly configs: TenantConfigs;
}

/** The most replays of a tenant that are running or paused at the same time. */
const MAX_OPEN_REPLAYS = 10;

/**
 * Starts the replay of a dry run.
 *
 * @throws Problem invalid for a token that is not good; conflict when what it would send has changed since, or too many replays are open
 */
export async function startReplay(
  deps: StartReplayDeps,
  tenantId: TenantId,
  input: { readonly confirmToken: string; readonly name: string; readonly ratePerSecond: number },
  by: string,
): Promise<Replay> {
  const { replays, box, clock } = deps;
  const plan = openPlan<ReplayPlan>(box, 'replay', input.confirmToken, { tenantId, nowMs: clock() });
  const count = await countOf(deps, plan);
  if (!isAsForeseen(plan.count, count)) {
    throw conflict(
      'dry-run-outdated',
      `The dry run found ${plan.count}; now it would find ${count}. Make another dry run.`,
    );
  }
  if ((await replays.countOpen(tenantId)) >= MAX_OPEN_REPLAYS) {
    throw conflict(
      'too-many-replays',
      `The tenant has ${MAX_OPEN_REPLAYS} replays that have not ended; wait for one, or cancel it.`,
    );
  }
  const now = new Date(clock());
  const { name, ratePerSecond } = input;
  const begun = { state: 'running', sent: 0, skipped: 0, createdBy: by, createdAt: now, endedAt: undefined } as const;
  const id = newId('replay', now.getTime());
  const { upper, count: _foreseen, expiresAtMs: _expiry, ...selection } = plan;
  return replays.create({ ...selection, id, name, total: count, ratePerSecond, ...begun }, upper);
}

async function countOf(deps: StartReplayDeps, plan: ReplayPlan): Promise<number> {
  if (plan.mode === 'backfill') return (await countPast(deps, plan.tenantId, plan.filter, plan.upper)).count;
  return sendable(await deps.replays.count(plan.tenantId, plan.filter, plan.upper));
}
