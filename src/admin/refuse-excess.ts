import { invalid } from '../domain/errors.ts';
import { mostMatched, type SubscriberCount } from '../domain/fan-out.ts';
import type { FieldError } from '../domain/json.ts';
import type { Subscription } from '../domain/subscription.ts';
import type { TenantBounds } from '../domain/tenant-bounds.ts';

/**
 * Refuses a subscription beyond what one event may match.
 *
 * @param subscriptions each with the JSON Pointer of what names its trigger in the request
 * @param counts without them
 * @throws Problem invalid
 */
export function refuseExcess(
  { subscriptionsPerTrigger: most }: Pick<TenantBounds, 'subscriptionsPerTrigger'>,
  subscriptions: readonly { readonly subscription: Subscription; readonly at: string }[],
  counts: readonly SubscriberCount[],
): void {
  const errors = subscriptions.flatMap(({ subscription, at }): FieldError[] => {
    if (mostMatched(counts, subscription) < most) return [];
    return [{ pointer: at, detail: `one event can already match ${most} subscriptions, which is the limit` }];
  });
  if (errors.length > 0) throw invalid(errors, 'subscriptions-limit');
}
