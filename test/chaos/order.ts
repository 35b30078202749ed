import type { Arrival } from './actors/receiver.ts';
import type { AcceptedEvent } from './producer.ts';

type Event = Pick<AcceptedEvent, 'producerId' | 'passId' | 'number' | 'target'>;

/**
 * How many events arrived, at any try, before all tries of an earlier event of their pass at that endpoint were over. Nothing
 * of an earlier event may come afterwards, nor be open still.
 */
export function countOutOfOrder(events: readonly Event[], arrivals: readonly Arrival[]): number {
  const requests = Map.groupBy(arrivals, ({ producerId }) => producerId);
  const passes = Map.groupBy(events, ({ passId, target }) => `${passId} ${target.endpoint}`);
  let outOfOrder = 0;
  for (const pass of passes.values()) {
    let allOverAtMs = -Infinity;
    for (const { producerId } of pass.toSorted((a, b) => a.number - b.number)) {
      const tries = requests.get(producerId) ?? [];
      if (tries.some(({ beganAtMs }) => beganAtMs < allOverAtMs)) outOfOrder += 1;
      allOverAtMs = Math.max(allOverAtMs, ...tries.map(({ endedAtMs = Infinity }) => endedAtMs));
    }
  }
  return outOfOrder;
}
