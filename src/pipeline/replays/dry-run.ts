import type { TenantId } from '../../domain/id.ts';
import type { ReplayableState, ReplayMode } from '../../domain/replay.ts';
import type { FoundAtEndpoint, ReplayFilter } from '../../ports/replays.ts';
import { TOKEN_LIFE_MS } from '../confirm-token.ts';
import { type DryRunDeps, sealReplay } from './replay-plan.ts';

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
  { replays, box, clock }: DryRunDeps,
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
      count > 0 ? sealReplay(box, { tenantId, filter, mode, upper, count, expiresAtMs: expiresAt.getTime() }) : undefined,
    expiresAt,
  };
}

/** How many of what was found can be sent. */
export function sendable(endpoints: readonly FoundAtEndpoint[]): number {
  return endpoints.reduce((sum, { states, leftOut }) => sum + sumOf(states) - leftOut, 0);
}

function sumOf(states: Readonly<Partial<Record<ReplayableState, number>>>): number {
  return Object.values(states).reduce((sum, count) => sum + count, 0);
}
