import type { NewDelivery, OrderedPass, SequenceRequest, SequencesTaken } from '../ports/events.ts';

/** How many sequences each pass of an ordered subscription needs. Empty when no delivery is ordered. */
export function neededSequences(deliveries: readonly NewDelivery[]): SequenceRequest[] {
  const counts = new Map<string, SequenceRequest>();
  for (const { ordered, subscriptionId, passId } of deliveries) {
    if (!ordered) continue;
    const name = nameOf({ subscriptionId, passId });
    counts.set(name, { subscriptionId, passId, count: (counts.get(name)?.count ?? 0) + 1 });
  }
  return [...counts.values()];
}

/**
 * Assigns the ordered ones among new deliveries their sequences, in the given order. The sequences of a pass start at 1 when it
 * has no open delivery, so a delivery with a higher one is blocked by its predecessor.
 */
export function assignSequences(deliveries: readonly NewDelivery[], taken: readonly SequencesTaken[]): NewDelivery[] {
  const next = new Map<string, number>();
  const lasts = new Map(taken.map((pass) => [nameOf(pass), pass.last]));
  for (const pass of neededSequences(deliveries)) {
    const name = nameOf(pass);
    next.set(name, (lasts.get(name) ?? 0) - pass.count + 1);
  }
  return deliveries.map((delivery) => {
    if (!delivery.ordered) return delivery;
    const name = nameOf(delivery);
    const sequence = next.get(name) ?? 1;
    next.set(name, sequence + 1);
    return { ...delivery, sequence, state: sequence === 1 ? delivery.state : 'blocked' };
  });
}

function nameOf({ subscriptionId, passId }: OrderedPass): string {
  return `${subscriptionId} ${passId}`;
}
