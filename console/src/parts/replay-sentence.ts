import type { Schemas } from '../../../client/index.ts';
import { zoneName } from '../format/time.ts';
import { replays as text } from '../strings/replays.ts';
import { shortId } from './id.tsx';
import { showInstant } from './time-range-field.tsx';

const TEXTS = ['status', 'failure', 'trigger', 'passId', 'url', 'userProvidedId', 'trackingId', 'producerId'] as const;
const INSTANTS = ['attemptedAfter', 'attemptedBefore'] as const;

/** What a replay sends, as one sentence. */
export function replaySentence(filter: Schemas['ReplayFilter'], zone: 'local' | 'utc'): string {
  const { states, deliveryIds, eventIds, after, before } = filter;
  const { what } = text;
  const ids = (['endpointId', 'integrationId', 'subscriptionId', 'templateId', 'eventId'] as const).flatMap((name) => {
    const id = filter[name];
    return id ? [what[name](shortId(id))] : [];
  });
  const chosen = deliveryIds ?? eventIds;
  const kind = states ? 'deliveries' : 'events';
  const parts = [
    states &&
      states.length > 0 &&
      what.states(
        states.map((state) => text.states[state]),
        chosen?.length === 1,
      ),
    ...TEXTS.map((name) => filter[name] && what[name](filter[name])),
    ...ids,
    ...INSTANTS.map((name) => filter[name] && what[name](showInstant(filter[name], zone))),
    rangeOf(after, before, zone),
  ];
  return text.sentence(
    chosen ? text.chosen[kind](chosen.length) : text.all[kind],
    parts.flatMap((part) => (part ? [part] : [])),
  );
}

function rangeOf(after: string | undefined, before: string | undefined, zone: 'local' | 'utc'): string | undefined {
  if (after === undefined)
    return before === undefined ? undefined : text.what.until(showInstant(before, zone), zoneName(zone));
  const from = showInstant(after, zone);
  return before === undefined
    ? text.what.since(from, zoneName(zone))
    : text.what.between(from, showInstant(before, zone), zoneName(zone));
}
