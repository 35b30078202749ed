import type { DeliveryId, TenantId } from '../domain/id.ts';
import { isObject } from '../domain/json.ts';
import type { ReplayMode } from '../domain/replay.ts';
import { openToken, sealToken } from '../domain/sealed-token.ts';
import type { SecretBox } from '../domain/secret-box.ts';
import type { ReplayFilter } from '../ports/replays.ts';

/** How long the token of a dry run starts a replay. */
export const TOKEN_LIFE_MS = 15 * 60_000;

/** What a dry run has seen. */
export interface ReplayPlan {
  readonly tenantId: TenantId;
  readonly filter: ReplayFilter;
  readonly mode: ReplayMode;
  /** The newest id that may be sent. */
  readonly upper: DeliveryId;
  readonly count: number;
  readonly expiresAtMs: number;
}

export function sealPlan(box: SecretBox, plan: ReplayPlan): string {
  return sealToken(box, plan);
}

/** Undefined when it was not made here. */
export function openPlan(box: SecretBox, token: string): ReplayPlan | undefined {
  const opened = openToken(box, token);
  if (!isObject(opened)) return undefined;
  const { filter, ...plan } = opened as unknown as Omit<ReplayPlan, 'filter'> & { readonly filter?: StoredFilter };
  if (!filter || plan.upper === undefined) return undefined; // another secret of this installation
  const { after, before, ...rest } = filter;
  return {
    ...plan,
    filter: { ...rest, ...(after && { after: new Date(after) }), ...(before && { before: new Date(before) }) },
  };
}

type StoredFilter = Omit<ReplayFilter, 'after' | 'before'> & { readonly after?: string; readonly before?: string };
