import { type Dialect, windowOf } from '../dialects/dialect.ts';
import { conflict } from '../domain/errors.ts';
import type { FieldError } from '../domain/json.ts';
import type { Neighbour } from '../domain/subscription.ts';
import { overlap } from '../domain/time-window.ts';

// Two subscriptions are the same when they send the same events to the same endpoint: integration, template, trigger and address are
// equal, and their windows of time overlap. Options such as the HTTP method are no part of it (vendors.md V10).

/** The first among the neighbours of an endpoint that is the same as `subscription`; itself left out. */
export function firstSame(
  dialect: Dialect,
  { id, trigger, templateId, options }: Neighbour,
  neighbours: readonly Neighbour[],
): Neighbour | undefined {
  const window = windowOf(dialect, options);
  return neighbours.find(
    (other) =>
      other.id !== id &&
      other.trigger === trigger &&
      other.templateId === templateId &&
      overlap(windowOf(dialect, other.options), window),
  );
}

/** @param subscriptions each with the JSON Pointer of what names it in the request @throws Problem conflict, naming each first one */
export function refuseSame(
  dialect: Dialect,
  subscriptions: readonly { readonly subscription: Neighbour; readonly at: string }[],
  neighbours: readonly Neighbour[],
): void {
  const errors = subscriptions.flatMap(({ subscription, at }): FieldError[] => {
    const first = firstSame(dialect, subscription, neighbours);
    return first ? [{ pointer: at, detail: `is subscribed already, by ${first.id}` }] : [];
  });
  if (errors.length === 0) return;
  const details = errors.map(({ pointer, detail }) => `${pointer} ${detail}`).join('; ');
  throw conflict('already-subscribed', `Events would be sent to the endpoint twice: ${details}.`, errors);
}
