import { type EventId, toId, toUuid } from '../../domain/id.ts';
import type { StoredEvent } from '../../domain/operational-event.ts';
import type { NotAdded } from '../../ports/deliveries.ts';
import type { NewDelivery } from '../../ports/events.ts';
import type { DueDelivery } from '../../ports/queue.ts';
import { recordAct } from '../audit/act.ts';
import type { Statements } from '../database.ts';
import { writeEvents } from '../events/accept-events.ts';
import { Prisma } from '../generated/client.ts';
import { noteRenderedAnew } from './delivery-course.ts';
import { lockSubscription } from './lock-subscription.ts';
import { releaseFirst, takeSequence } from './pass-orders.ts';

/**
 * Adds a delivery of one event that is stored, or of `event`.
 *
 * @param by who requests it; the delivery that it renders anew notes it
 */
export async function addDelivery(
  tx: Statements,
  delivery: NewDelivery,
  event: StoredEvent | undefined,
  by?: string,
): Promise<readonly DueDelivery[] | NotAdded> {
  if (!(await lockSubscription(tx, Prisma.sql`${toUuid(delivery.subscriptionId)}::uuid`))) return 'subscription-gone';
  if (!event && (await lockFacts(tx, [delivery.eventId])).size === 0) return 'event-gone';
  const due = await addOne(tx, delivery, event ? [event] : []);
  // last, since it locks another delivery of the pass: passes are locked before deliveries
  if (delivery.replayOf) await noteRenderedAnew(tx, delivery.replayOf, delivery.id, by);
  await recordAdded(tx, delivery);
  return due;
}

async function addOne(
  tx: Statements,
  delivery: NewDelivery,
  events: readonly StoredEvent[],
): Promise<readonly DueDelivery[]> {
  if (delivery.ordered) return addOrdered(tx, delivery, events);
  await writeEvents(tx, { events, deliveries: [delivery] });
  return dueAmong([delivery]);
}

async function recordAdded(tx: Statements, { tenantId, id, subscriptionId, replayOf, test }: NewDelivery): Promise<void> {
  const after = { deliveryId: id };
  if (replayOf) {
    const replayed = { tenantId, action: 'delivery.replayed', kind: 'delivery', target: replayOf } as const;
    await recordAct(tx, { ...replayed, after: { mode: 'fresh', ...after } });
  }
  if (test) await recordAct(tx, { tenantId, action: 'test.sent', kind: 'subscription', target: subscriptionId, after });
}

/** Locks the facts of events against removal until the transaction ends. Returns the events that still have them. */
export async function lockFacts(tx: Statements, ids: readonly EventId[]): Promise<ReadonlySet<EventId>> {
  const locked = await tx.$queryRaw<{ id: string }[]>`
    SELECT id FROM events WHERE id = ANY(${ids.map(toUuid)}::uuid[]) AND facts IS NOT NULL ORDER BY id FOR SHARE`;
  return new Set(locked.map(({ id }) => toId('event', id)));
}

/** The same for deliveries of stored events, whose facts are locked, to one subscription. Undefined when it was deleted. */
export async function addDeliveries(
  tx: Statements,
  deliveries: readonly NewDelivery[],
): Promise<readonly DueDelivery[] | undefined> {
  const [first] = deliveries;
  if (!first) return [];
  if (!(await lockSubscription(tx, Prisma.sql`${toUuid(first.subscriptionId)}::uuid`))) return undefined;
  const unordered = deliveries.filter(({ ordered }) => !ordered);
  await writeEvents(tx, { events: [], deliveries: unordered });
  const due = [...dueAmong(unordered)];
  for (const delivery of deliveries) {
    if (delivery.ordered) due.push(...(await addOrdered(tx, delivery, [])));
  }
  return due;
}

async function addOrdered(tx: Statements, delivery: NewDelivery, events: readonly StoredEvent[]): Promise<DueDelivery[]> {
  const sequence = await takeSequence(tx, delivery);
  await writeEvents(tx, { events, deliveries: [{ ...delivery, state: 'blocked', sequence }] });
  return releaseFirst(tx, [delivery]);
}

function dueAmong(deliveries: readonly NewDelivery[]): readonly DueDelivery[] {
  return deliveries
    .filter(({ state }) => state === 'pending')
    .map(({ id, tenantId, endpointId, test }) => ({
      deliveryId: id,
      tenantId,
      endpointId,
      attempt: 1,
      delayMs: 0,
      test: test || undefined,
    }));
}
