import { windowOf } from '../dialects/dialect.ts';
import { dialectNamed } from '../dialects/index.ts';
import { compileFilter, filteredEvent } from '../domain/evaluate-filter.ts';
import type { SubscriptionId } from '../domain/id.ts';
import type { DialectName } from '../domain/integration.ts';
import { derivedTriggers } from '../domain/matching.ts';
import { isOperationalEvent } from '../domain/operational-event.ts';
import { isWithin } from '../domain/time-window.ts';
import type { Trigger } from '../domain/trigger.ts';
import type { SubscriptionRecord } from '../ports/configuration.ts';
import type { EventRecord } from '../ports/events.ts';
import { FULL_TIMES } from './explanation/words.ts';

export const NOT_SENT_CODES = [
  'made-later',
  'deleted-before',
  'other-trigger',
  'other-template',
  'filtered',
  'outside-window',
  'changed-since',
  'unknown',
] as const;

/** Why a subscription has no delivery of an event. */
export interface NotSent {
  readonly subscriptionId: SubscriptionId;
  readonly code: (typeof NOT_SENT_CODES)[number];
  readonly text: string;
}

/**
 * Judged by the subscription as it is now: it is not stored how it was when the event was accepted. Where it was changed since, the
 * text says so.
 *
 * @param dialect undefined: its integration was deleted
 */
export function whyNotSent(event: EventRecord, record: SubscriptionRecord, dialect: DialectName | undefined): NotSent {
  const { subscription, deletedAt } = record;
  const { acceptedAt } = event;
  const accepted = FULL_TIMES.at(acceptedAt);
  const because = (code: NotSent['code'], text: string): NotSent => ({ subscriptionId: subscription.id, code, text });
  if (subscription.createdAt > acceptedAt) {
    const made = FULL_TIMES.at(subscription.createdAt);
    return because('made-later', `The subscription was made on ${made}, after the event was accepted on ${accepted}.`);
  }
  if (deletedAt && deletedAt <= acceptedAt) {
    const deleted = FULL_TIMES.at(deletedAt);
    return because(
      'deleted-before',
      `The subscription was deleted on ${deleted}, before the event was accepted on ${accepted}.`,
    );
  }
  const changed =
    subscription.updatedAt > acceptedAt ? ` It was changed on ${FULL_TIMES.at(subscription.updatedAt)}, after that.` : '';
  if (!triggersOf(event).includes(subscription.trigger)) {
    const text = `The subscription is for ${subscription.trigger}, and the event is ${event.facts.type}.`;
    return because('other-trigger', text);
  }
  if (isOperationalEvent(event)) return because('unknown', `No reason is known.${changed}`);
  if (subscription.templateId !== null && subscription.templateId !== event.templateId) {
    return because('other-template', `The subscription is for another template than that of the event.${changed}`);
  }
  if (subscription.filter && !event.removed && !compileFilter(subscription.filter)(filteredEvent(event.facts))) {
    return because('filtered', `The filter of the subscription keeps the event out.${changed}`);
  }
  if (dialect && !isWithin(windowOf(dialectNamed(dialect), subscription.options), acceptedAt.getTime())) {
    return because('outside-window', `The event was accepted outside the window of time of the subscription.${changed}`);
  }
  if (changed !== '') return because('changed-since', `As it is now, the subscription would get the event.${changed}`);
  return because('unknown', 'The subscription matches the event; a delivery, if there was one, is no longer stored.');
}

/** The triggers that an event was delivered as: its own, and those of the events derived from it. */
export function triggersOf(event: EventRecord): readonly Trigger[] {
  return isOperationalEvent(event) ? [event.facts.type] : [event.facts.type, ...derivedTriggers(event)];
}
