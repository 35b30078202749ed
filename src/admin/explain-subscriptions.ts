import { MappingChecks } from '../dialects/check-mappings.ts';
import type { Dialect } from '../dialects/dialect.ts';
import { dialectNamed } from '../dialects/index.ts';
import { mostMatched, type SubscriberCount } from '../domain/fan-out.ts';
import type { TenantId } from '../domain/id.ts';
import type { FieldError } from '../domain/json.ts';
import type { Neighbour, Subscription } from '../domain/subscription.ts';
import type { TenantBounds } from '../domain/tenant-bounds.ts';
import { mapYielding } from '../domain/yielding.ts';
import type { FoundParts, SubscriptionStore } from '../ports/configuration.ts';
import { firstSame } from './same-subscriptions.ts';
import { lookUpParts, type PartDeps, warningsOf } from './subscription-rules.ts';

export interface ExplainDeps extends PartDeps {
  readonly subscriptions: Pick<SubscriptionStore, 'neighbours' | 'counts'>;
  readonly bounds: Pick<TenantBounds, 'subscriptionsPerTrigger'>;
}

/** A subscription with the vendor's name for its trigger, and the warnings about it. */
export interface ExplainedSubscription {
  readonly subscription: Subscription;
  /** What the vendor calls the trigger. */
  readonly event: string;
  readonly warnings: readonly FieldError[];
}

/**
 * Adds trigger names and warnings to subscriptions; looks up each integration and template once. Leaves out those that were deleted
 * with theirs meanwhile.
 */
export async function explainSubscriptions(
  deps: ExplainDeps,
  tenantId: TenantId,
  subscriptions: readonly Subscription[],
): Promise<readonly ExplainedSubscription[]> {
  if (subscriptions.length === 0) return [];
  const endpoints = [...new Set(subscriptions.map(({ endpointId }) => endpointId))];
  const [neighbours, counts] = await Promise.all([
    deps.subscriptions.neighbours(tenantId, endpoints),
    deps.subscriptions.counts(tenantId),
  ]);
  const mappings = new MappingChecks();
  const found = new Map<string, Promise<FoundParts>>();
  const pairs = subscriptions.map(async (subscription) => {
    const name = `${subscription.integrationId} ${subscription.templateId}`;
    const pending = found.get(name) ?? lookUpParts(deps, tenantId, subscription);
    found.set(name, pending);
    return { subscription, ...(await pending) };
  });
  const explained = await mapYielding(await Promise.all(pairs), ({ subscription, integration, template }) => {
    if (!integration || (subscription.templateId !== null && !template)) return [];
    const dialect = dialectNamed(integration.dialect);
    const warnings = [
      ...excessWarnings(deps.bounds.subscriptionsPerTrigger, subscription, counts),
      ...sameWarnings(dialect, subscription, neighbours),
      ...warningsOf({ ...subscription, integration, template }, mappings),
    ];
    return [{ subscription, event: dialect.eventNames[subscription.trigger] ?? subscription.trigger, warnings }];
  });
  return explained.flat();
}

function sameWarnings(dialect: Dialect, subscription: Subscription, neighbours: readonly Neighbour[]): FieldError[] {
  const atEndpoint = neighbours.filter(({ endpointId }) => endpointId === subscription.endpointId);
  const first = firstSame(dialect, subscription, atEndpoint);
  return first ? [{ pointer: '/url', detail: `is subscribed by ${first.id} too: the endpoint gets each event twice` }] : [];
}

function excessWarnings(most: number, subscription: Subscription, counts: readonly SubscriberCount[]): FieldError[] {
  const matched = mostMatched(counts, subscription);
  if (matched <= most) return [];
  const detail = `has ${matched} subscriptions that one event can match; no more are accepted beyond ${most}`;
  return [{ pointer: '/trigger', detail }];
}
