import type { DeliveryId, TenantId } from '../domain/id.ts';
import type { ReplayMode } from '../domain/replay.ts';
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

// A token is sealed like a secret, so that it needs no row, and starts what was shown and nothing else.

export function sealToken(box: SecretBox, plan: ReplayPlan): string {
  const { keyId, box: sealed } = box.seal(JSON.stringify(plan));
  return `${keyId}.${Buffer.from(sealed).toString('base64url')}`;
}

/** Undefined when it was not made here. */
export function openToken(box: SecretBox, token: string): ReplayPlan | undefined {
  const at = token.lastIndexOf('.');
  const text = box.tryOpen({ keyId: token.slice(0, at), box: Buffer.from(token.slice(at + 1), 'base64url') });
  return text === undefined ? undefined : planOf(text);
}

function planOf(text: string): ReplayPlan | undefined {
  const { filter, ...plan } = JSON.parse(text) as Omit<ReplayPlan, 'filter'> & { readonly filter?: StoredFilter };
  if (!filter || plan.upper === undefined) return undefined; // another secret of this installation
  const { after, before, ...rest } = filter;
  return {
    ...plan,
    filter: { ...rest, ...(after && { after: new Date(after) }), ...(before && { before: new Date(before) }) },
  };
}

type StoredFilter = Omit<ReplayFilter, 'after' | 'before'> & { readonly after?: string; readonly before?: string };
