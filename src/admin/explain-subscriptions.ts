import { dialectNamed } from '../dialects/index.ts';
import type { TenantId } from '../domain/id.ts';
import type { FieldError } from '../domain/json.ts';
import type { Subscription } from '../domain/subscription.ts';
import type { FoundParts } from '../ports/configuration.ts';
import { lookUpParts, type PartDeps, warningsOf } from './subscription-rules.ts';

/** A subscription with the vendor's name for its trigger, and the warnings of its dialect. */
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
  deps: PartDeps,
  tenantId: TenantId,
  subscriptions: readonly Subscription[],
): Promise<readonly ExplainedSubscription[]> {
  const found = new Map<string, Promise<FoundParts>>();
  const explained = subscriptions.map(async (subscription) => {
    const name = `${subscription.integrationId} ${subscription.templateId}`;
    const pending = found.get(name) ?? lookUpParts(deps, tenantId, subscription);
    found.set(name, pending);
    const { integration, template } = await pending;
    if (!integration || (subscription.templateId !== null && !template)) return [];
    const { trigger } = subscription;
    const event = dialectNamed(integration.dialect).eventNames[trigger] ?? trigger;
    return [{ subscription, event, warnings: warningsOf({ ...subscription, integration, template }) }];
  });
  return (await Promise.all(explained)).flat();
}
