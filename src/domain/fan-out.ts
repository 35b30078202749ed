import type { TemplateId } from './id.ts';
import type { Subscription } from './subscription.ts';
import type { Trigger } from './trigger.ts';

/** How many subscriptions of a tenant have a trigger and a template (null: all templates), disabled ones included. */
export interface SubscriberCount {
  readonly trigger: Trigger;
  readonly templateId: TemplateId | null;
  readonly count: number;
}

/** The most subscriptions that an event can match together with one to this trigger and template. */
export function mostMatched(
  counts: readonly SubscriberCount[],
  { trigger, templateId }: Pick<Subscription, 'trigger' | 'templateId'>,
): number {
  const ofTrigger = counts.filter((one) => one.trigger === trigger);
  const toAll = ofTrigger.find((one) => one.templateId === null)?.count ?? 0;
  const others = ofTrigger.filter(
    (one) => one.templateId !== null && (templateId === null || one.templateId === templateId),
  );
  return toAll + Math.max(0, ...others.map(({ count }) => count));
}
