import type { AcceptedEvent } from '../../domain/event.ts';
import { deliveryId, type EventId, type TenantId, toId, toUuid } from '../../domain/id.ts';
import { isOperationalEvent } from '../../domain/operational-event.ts';
import type { NewDelivery } from '../../ports/events.ts';
import type { DueDelivery } from '../../ports/queue.ts';
import type { Backfill, BackfillFilter, DecidePast, PastEvents, ReplayStep } from '../../ports/replays.ts';
import { allOf, equals, equalsId, within } from '../conditions.ts';
import type { Database, Statements } from '../database.ts';
import { addDeliveries, lockFacts } from '../deliveries/add-deliveries.ts';
import { type StoredEventRow, storedEvent } from '../events/stored-event.ts';
import { Prisma } from '../generated/client.ts';
import { partitionSpan } from '../partition-span.ts';
import { finishTurn, type Item, NOTHING, takeTurn } from './replay-turns.ts';

/** An event can have 256 KiB. */
const MOST_EVENTS = 200;
const FEWEST_EVENTS = 20;

/** A turn of a backfill: the first delivery of each past event that the subscription wants. */
export function sendPast(db: Database, replay: Backfill, most: number, decide: DecidePast): Promise<ReplayStep> {
  const { tenantId, filter } = replay;
  return db.$transaction(async (tx) => {
    const turn = await takeTurn(tx, replay, most);
    if (!turn) return NOTHING;
    const page = await pastEvents(tx, tenantId, filter, { ...turn, limit: 2 * turn.allowed });
    const deliveries: NewDelivery[] = [];
    let last: EventId | undefined = page.last;
    for (const event of page.events) {
      const delivery = decide(event);
      if (!delivery) continue;
      deliveries.push(delivery);
      if (deliveries.length < turn.allowed) continue;
      last = event.id;
      break;
    }
    const stored = await lockFacts(
      tx,
      deliveries.map(({ eventId }) => eventId),
    );
    const due = await addDeliveries(
      tx,
      deliveries.filter(({ eventId }) => stored.has(eventId)),
    );
    await finishTurn(tx, replay, deliveries.map(itemOf(stored, due)), last && toUuid(last));
    return { due: due ?? [], isMore: last !== undefined };
  });
}

function itemOf(stored: ReadonlySet<EventId>, added: readonly DueDelivery[] | undefined): (delivery: NewDelivery) => Item {
  return ({ id, eventId }) => {
    if (!added) return { deliveryId: id, reason: 'subscription deleted' };
    return stored.has(eventId) ? { deliveryId: id, sentId: id } : { deliveryId: id, reason: 'event no longer stored' };
  };
}

interface Span {
  /** The UUID of the last event that was looked at; null: none. */
  readonly cursor: string | null;
  readonly upper: string;
  /** About how many events are wanted. */
  readonly limit: number;
}

export async function pastEvents(
  db: Statements,
  tenantId: TenantId,
  filter: BackfillFilter,
  { cursor, upper, limit }: Span,
): Promise<PastEvents> {
  const { subscriptionId, trigger, templateId, passId, eventIds, ...times } = filter;
  // events_tenant_id_id_idx
  const rows = await db.$queryRaw<(StoredEventRow & { readonly id: string })[]>`
    SELECT id, id AS event_id, tenant_id, template_id, derived_from, facts, known_device FROM events
    WHERE tenant_id = ${toUuid(tenantId)}::uuid AND type = ${trigger} AND NOT test AND facts IS NOT NULL AND id <= ${upper}::uuid
      AND ${cursor === null ? Prisma.sql`true` : Prisma.sql`id > ${cursor}::uuid`}
      AND ${allOf(
        equalsId('template_id', templateId ?? undefined),
        equals('pass_id', passId),
        eventIds && Prisma.sql`id = ANY(${eventIds.map(toUuid)}::uuid[])`,
        within('accepted_at', times),
      )}
    ORDER BY id LIMIT ${Math.min(MOST_EVENTS, Math.max(FEWEST_EVENTS, limit))}`;
  const events = rows.map(storedEvent).filter((event): event is AcceptedEvent => !isOperationalEvent(event));
  const delivered = await findDelivered(db, events, subscriptionId);
  const lastRow = rows.at(-1);
  return { events: events.filter(({ id }) => !delivered.has(id)), last: lastRow && toId('event', lastRow.id) };
}

/** Those of the events that have a delivery to the subscription: its id follows from both (deliveries_pkey). */
async function findDelivered(
  db: Statements,
  events: readonly AcceptedEvent[],
  subscriptionId: BackfillFilter['subscriptionId'],
): Promise<ReadonlySet<EventId>> {
  if (events.length === 0) return new Set();
  const byDelivery = new Map(events.map(({ id }) => [toUuid(deliveryId(id, subscriptionId)), id]));
  const { from, to } = partitionSpan([...byDelivery.keys()].map((uuid) => toId('delivery', uuid)));
  const found = await db.$queryRaw<{ id: string }[]>`
    SELECT id FROM deliveries
    WHERE id = ANY(${[...byDelivery.keys()]}::uuid[]) AND id >= ${from}::uuid AND id < ${to}::uuid`;
  return new Set(found.flatMap(({ id }) => byDelivery.get(id) ?? []));
}
