import type { Schemas } from '../../../client/index.ts';
import { replays as text } from '../strings/replays.ts';
import { shortId } from './id.tsx';
import { showInstant } from './time-range-field.tsx';

/** What a replay sends, as one sentence. */
export function replaySentence(filter: Schemas['ReplayFilter'], zone: 'local' | 'utc'): string {
  const { states, deliveryIds, eventIds, trigger, status, passId, after, before } = filter;
  const { what } = text;
  const ids = (['endpointId', 'integrationId', 'subscriptionId', 'templateId', 'eventId'] as const).flatMap((name) => {
    const id = filter[name];
    return id ? [what[name](shortId(id))] : [];
  });
  const chosen = deliveryIds ?? eventIds;
  const kind = states ? 'deliveries' : 'events';
  const parts = [
    states && what.states(states.map((state) => text.states[state])),
    status && what.status(status),
    trigger && what.trigger(trigger),
    passId && what.passId(passId),
    ...ids,
    rangeOf(after, before, zone),
  ];
  return text.sentence(
    chosen ? text.chosen[kind](chosen.length) : text.all[kind],
    parts.flatMap((part) => (part ? [part] : [])),
  );
}

function rangeOf(after: string | undefined, before: string | undefined, zone: 'local' | 'utc'): string | undefined {
  if (after === undefined) return before === undefined ? undefined : text.what.until(showInstant(before, zone));
  const from = showInstant(after, zone);
  return before === undefined ? text.what.since(from) : text.what.between(from, showInstant(before, zone));
}
