import { invalid } from '../domain/errors.ts';
import { withInstants } from '../domain/filter-instants.ts';
import type { TenantId } from '../domain/id.ts';
import type { SecretBox } from '../domain/secret-box.ts';

// A dry run answers with a token, and only a token starts what was counted: it is sealed like a secret, so that it needs no row, and
// holds what was shown and nothing else.

/** How long a token is good for. */
export const TOKEN_LIFE_MS = 15 * 60_000;

/** What a token is for; one for a replay discards nothing. */
export type Purpose = 'replay' | 'discard' | 'erasure';

/** What a dry run has seen. Its JSON is sealed: the instants of a `filter` are read back as such. */
export interface Plan {
  readonly tenantId: TenantId;
  /** How many were found. */
  readonly count: number;
  readonly expiresAtMs: number;
  readonly filter: object;
}

export function sealPlan(box: SecretBox, purpose: Purpose, plan: Plan): string {
  const { keyId, box: sealed } = box.seal(JSON.stringify({ purpose, plan }));
  return `${keyId}.${Buffer.from(sealed).toString('base64url')}`;
}

/** @throws Problem invalid at `/confirmToken` when it was not made here, for this purpose and tenant, or has expired */
export function openPlan<P extends Plan>(
  box: SecretBox,
  purpose: Purpose,
  token: string,
  { tenantId, nowMs }: { readonly tenantId: TenantId; readonly nowMs: number },
): P {
  const plan = planIn<P>(box, purpose, token);
  if (!plan || plan.tenantId !== tenantId) {
    throw invalid([{ pointer: '/confirmToken', detail: 'must be the confirmToken of a dry run of this call and tenant' }]);
  }
  if (plan.expiresAtMs <= nowMs) throw invalid([{ pointer: '/confirmToken', detail: 'has expired: make another dry run' }]);
  return plan;
}

function planIn<P extends Plan>(box: SecretBox, purpose: Purpose, token: string): P | undefined {
  const at = token.lastIndexOf('.');
  const text = box.tryOpen({ keyId: token.slice(0, at), box: Buffer.from(token.slice(at + 1), 'base64url') });
  if (text === undefined || !text.startsWith('{')) return undefined; // another secret of this installation may be anything
  const sealed = JSON.parse(text) as { readonly purpose?: string; readonly plan?: P };
  if (sealed.purpose !== purpose || !sealed.plan) return undefined;
  return { ...sealed.plan, filter: withInstants(sealed.plan.filter) };
}

/** How far a count may be from that of the dry run. */
const TOLERANCE = 0.05;

export function isAsForeseen(foreseen: number, now: number): boolean {
  return Math.abs(now - foreseen) <= foreseen * TOLERANCE;
}
