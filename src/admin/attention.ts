import { DIALECTS } from '../dialects/index.ts';
import type { TenantId } from '../domain/id.ts';
import type { DialectName } from '../domain/integration.ts';
import type { Trigger } from '../domain/trigger.ts';
import type { AttentionItem, AttentionStore } from '../ports/attention.ts';

export interface AttentionDeps {
  readonly attention: AttentionStore;
  /** How long an endpoint may fail before it is disabled. */
  readonly disableAfterMs: number;
}

export interface ShownAttention extends AttentionItem {
  /** When a failing endpoint is disabled if it goes on. */
  readonly disablesAt: Date | undefined;
  /** What to use in the place of a deprecated trigger. */
  readonly advice: string | undefined;
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** What needs attention now: of one tenant, or of all. */
export async function listAttention(
  { attention, disableAfterMs }: AttentionDeps,
  tenantId: TenantId | undefined,
  limit: number,
): Promise<readonly ShownAttention[]> {
  const items = await attention.find({ tenantId, limit, endingWithinMs: DAY_MS, deprecated: DEPRECATED });
  return items.map((item) => ({
    ...item,
    disablesAt: item.kind === 'endpoint-failing' && item.at ? new Date(item.at.getTime() + disableAfterMs) : undefined,
    advice: DEPRECATED.find(({ dialect, trigger }) => dialect === item.dialect && trigger === item.trigger)?.advice,
  }));
}

interface Deprecated {
  readonly dialect: DialectName;
  readonly trigger: Trigger;
  readonly advice: string;
}

const DEPRECATED: readonly Deprecated[] = Object.entries(DIALECTS).flatMap(([dialect, { triggerNotes = {} }]) =>
  Object.entries(triggerNotes).flatMap(([trigger, { deprecated }]) =>
    deprecated === undefined ? [] : [{ dialect: dialect as DialectName, trigger: trigger as Trigger, advice: deprecated }],
  ),
);
