import { conflict, notFound } from '../../domain/errors.ts';
import type { TenantId } from '../../domain/id.ts';
import type { ReplayState } from '../../domain/replay.ts';
import type { Replay, ReplayId, ReplayStore } from '../../ports/replays.ts';

interface ReplaysDeps {
  readonly replays: ReplayStore;
}

/** From which states a replay can get into another one. */
const FROM: Readonly<Record<Exclude<ReplayState, 'done'>, readonly ReplayState[]>> = {
  running: ['paused'],
  paused: ['running'],
  cancelled: ['running', 'paused'],
};

/** Pauses, resumes or cancels a replay. What was sent stays sent. @throws Problem not_found or conflict */
export async function switchReplay(
  { replays }: ReplaysDeps,
  tenantId: TenantId,
  id: ReplayId,
  to: Exclude<ReplayState, 'done'>,
): Promise<Replay> {
  const changed = await replays.setState(tenantId, id, FROM[to], to);
  if (changed) return changed;
  const { state } = await requireReplay({ replays }, tenantId, id);
  throw conflict('replay-not-open', `The replay is ${state}; only one that is ${FROM[to].join(' or ')} can become ${to}.`);
}

/** @throws Problem not_found or conflict when it has ended */
export async function changeReplayRate(
  { replays }: ReplaysDeps,
  tenantId: TenantId,
  id: ReplayId,
  ratePerSecond: number,
): Promise<Replay> {
  const changed = await replays.setRate(tenantId, id, ratePerSecond);
  if (changed) return changed;
  const { state } = await requireReplay({ replays }, tenantId, id);
  throw conflict('replay-not-open', `The replay is ${state}: its rate does not matter any more.`);
}

/** @throws Problem not_found */
export async function requireReplay({ replays }: ReplaysDeps, tenantId: TenantId, id: ReplayId): Promise<Replay> {
  const replay = await replays.find(tenantId, id);
  if (!replay) throw notFound('replay');
  return replay;
}
