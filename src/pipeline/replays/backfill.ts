import { invalid, notFound } from '../../domain/errors.ts';
import type { EventId, SubscriptionId, TenantId } from '../../domain/id.ts';
import type { SecretBox } from '../../domain/secret-box.ts';
import type { DisabledReason, Subscription } from '../../domain/subscription.ts';
import { isOperational } from '../../domain/trigger.ts';
import { mapYielding } from '../../domain/yielding.ts';
import type { Clock } from '../../ports/process.ts';
import type { BackfillFilter, ReplayStore } from '../../ports/replays.ts';
import { TOKEN_LIFE_MS } from '../confirm-token.ts';
import { isWanted } from '../plan-ingest.ts';
import type { TenantConfigs } from '../tenant-configs.ts';
import { type ReplayPlan, sealReplay } from './replay-plan.ts';

export interface BackfillDeps {
  readonly replays: Pick<ReplayStore, 'pastEvents' | 'upper'>;
  readonly configs: TenantConfigs;
}

/** Which past events; the rest of the filter is the subscription's. */
export type BackfillRange = Pick<BackfillFilter, 'passId' | 'eventIds' | 'after' | 'before'>;

export interface PastCount {
  /** Events that would be delivered. */
  readonly count: number;
  /** Events of its trigger and template that its filter or its time window leaves out. */
  readonly leftOut: number;
}

export interface BackfillDryRun extends PastCount {
  readonly subscription: Subscription;
  /** Then what would be delivered is held until it is enabled. */
  readonly disabled: DisabledReason | undefined;
  readonly frozenAt: Date;
  /** Undefined when nothing would be sent. */
  readonly confirmToken: string | undefined;
  readonly expiresAt: Date;
}

/** The most events that one backfill looks at: a dry run reads them all. */
const MAX_EVENTS = 100_000;

/**
 * Counts the past events that a subscription would get, and seals them into a token that `startReplay` takes. Events that it has a
 * delivery for already are no part of it.
 *
 * @throws Problem not_found; invalid for a subscription to an operational trigger, and for a range with too many events
 */
export async function dryRunBackfill(
  deps: BackfillDeps & { readonly box: SecretBox; readonly clock: Clock },
  tenantId: TenantId,
  subscriptionId: SubscriptionId,
  range: BackfillRange,
): Promise<BackfillDryRun> {
  const { config } = await deps.configs.fresh(tenantId);
  const subscription = config.subscriptions.get(subscriptionId);
  if (!subscription) throw notFound('subscription');
  const { trigger, templateId } = subscription;
  if (isOperational(trigger)) {
    throw invalid([
      { pointer: '/id', detail: `names a subscription to ${trigger}: only events of passes can be sent later` },
    ]);
  }
  const filter: BackfillFilter = { ...range, subscriptionId, trigger, templateId };
  const upper = await deps.replays.upper();
  const counted = await countPast(deps, tenantId, filter, upper);
  const nowMs = deps.clock();
  const expiresAt = new Date(nowMs + TOKEN_LIFE_MS);
  const { count } = counted;
  const plan: ReplayPlan = { mode: 'backfill', tenantId, filter, upper, count, expiresAtMs: expiresAt.getTime() };
  return {
    ...counted,
    subscription,
    disabled: subscription.disabled,
    frozenAt: new Date(nowMs),
    confirmToken: count > 0 ? sealReplay(deps.box, plan) : undefined,
    expiresAt,
  };
}

/** @throws Problem invalid when there are too many events to look at */
export async function countPast(
  { replays, configs }: BackfillDeps,
  tenantId: TenantId,
  filter: BackfillFilter,
  upper: ReplayPlan['upper'],
): Promise<PastCount> {
  const loaded = await configs.fresh(tenantId);
  let count = 0;
  let leftOut = 0;
  let after: EventId | undefined;
  for (;;) {
    const { events, last } = await replays.pastEvents(tenantId, filter, { after, upper });
    if (last === undefined) return { count, leftOut };
    const wanted = await mapYielding(events, (event) => isWanted(loaded, { id: filter.subscriptionId }, event));
    count += wanted.filter(Boolean).length;
    leftOut += wanted.filter((one) => !one).length;
    if (count + leftOut > MAX_EVENTS) {
      throw invalid([
        { pointer: '/after', detail: `has over ${MAX_EVENTS} events behind it: send them in shorter ranges` },
      ]);
    }
    after = last;
  }
}
