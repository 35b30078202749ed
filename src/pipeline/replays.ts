import { conflict, invalid, notFound } from '../domain/errors.ts';
import { newId, type TenantId } from '../domain/id.ts';
import { isAsForeseen, type ReplayableState, type ReplayMode, type ReplayState } from '../domain/replay.ts';
import type { SecretBox } from '../domain/secret-box.ts';
import type { Clock } from '../ports/process.ts';
import type { FoundAtEndpoint, Replay, ReplayFilter, ReplayId, ReplayStore } from '../ports/replays.ts';
import { openPlan, type ReplayPlan, sealPlan, TOKEN_LIFE_MS } from './replay-token.ts';

export interface ReplaysDeps {
  readonly replays: ReplayStore;
  readonly box: SecretBox;
  readonly clock: Clock;
}

/** The most replays of a tenant that are running or paused at the same time. */
const MAX_OPEN_REPLAYS = 10;

export interface DryRun {
  readonly endpoints: readonly FoundAtEndpoint[];
  /** What would be sent. */
  readonly count: number;
  /** What the filter finds and cannot be sent: its subscription was deleted. */
  readonly leftOut: number;
  readonly frozenAt: Date;
  /** Undefined when nothing would be sent. */
  readonly confirmToken: string | undefined;
  readonly expiresAt: Date;
}

/** Counts what a replay would send, and seals filter and upper bound into a token that starts exactly that. */
export async function dryRunReplay(
  { replays, box, clock }: ReplaysDeps,
  tenantId: TenantId,
  { filter, mode }: { readonly filter: ReplayFilter; readonly mode: ReplayMode },
): Promise<DryRun> {
  const upper = await replays.upper();
  const endpoints = await replays.count(tenantId, filter, upper);
  const nowMs = clock();
  const count = sendable(endpoints);
  const expiresAt = new Date(nowMs + TOKEN_LIFE_MS);
  return {
    endpoints,
    count,
    leftOut: endpoints.reduce((sum, { leftOut }) => sum + leftOut, 0),
    frozenAt: new Date(nowMs),
    confirmToken:
      count > 0 ? sealPlan(box, { tenantId, filter, mode, upper, count, expiresAtMs: expiresAt.getTime() }) : undefined,
    expiresAt,
  };
}

/**
 * Starts the replay of a dry run.
 *
 * @throws Problem invalid for a token that is not good; conflict when what it would send has changed since, or too many replays are open
 */
export async function startReplay(
  { replays, box, clock }: ReplaysDeps,
  tenantId: TenantId,
  input: { readonly confirmToken: string; readonly name: string; readonly ratePerSecond: number },
  by: string,
): Promise<Replay> {
  const plan = requirePlan(box, input.confirmToken, tenantId, clock());
  const { filter, mode, upper } = plan;
  const count = sendable(await replays.count(tenantId, filter, upper));
  if (!isAsForeseen(plan.count, count)) {
    throw conflict(
      'replay-changed',
      `The dry run found ${plan.count} deliveries; now there are ${count}. Make another dry run.`,
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
  return replays.create({ id, tenantId, name, mode, filter, total: count, ratePerSecond, ...begun }, upper);
}

function sendable(endpoints: readonly FoundAtEndpoint[]): number {
  return endpoints.reduce((sum, { states, leftOut }) => sum + sumOf(states) - leftOut, 0);
}

function sumOf(states: Readonly<Partial<Record<ReplayableState, number>>>): number {
  return Object.values(states).reduce((sum, count) => sum + count, 0);
}

function requirePlan(box: SecretBox, token: string, tenantId: TenantId, nowMs: number): ReplayPlan {
  const plan = openPlan(box, token);
  if (!plan || plan.tenantId !== tenantId) {
    throw invalid([{ pointer: '/confirmToken', detail: 'must be the confirmToken of a dry run of this tenant' }]);
  }
  if (plan.expiresAtMs <= nowMs) throw invalid([{ pointer: '/confirmToken', detail: 'has expired: make another dry run' }]);
  return plan;
}

/** From which states a replay can get into another one. */
const FROM: Readonly<Record<Exclude<ReplayState, 'done'>, readonly ReplayState[]>> = {
  running: ['paused'],
  paused: ['running'],
  cancelled: ['running', 'paused'],
};

/** Pauses, resumes or cancels a replay. What was sent stays sent. @throws Problem not_found or conflict */
export async function switchReplay(
  { replays }: Pick<ReplaysDeps, 'replays'>,
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
  { replays }: Pick<ReplaysDeps, 'replays'>,
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
export async function requireReplay(
  { replays }: Pick<ReplaysDeps, 'replays'>,
  tenantId: TenantId,
  id: ReplayId,
): Promise<Replay> {
  const replay = await replays.find(tenantId, id);
  if (!replay) throw notFound('replay');
  return replay;
}
