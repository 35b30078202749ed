import { type DeliveryId, toId, toUuid } from '../../../src/domain/id.ts';
import type { Database } from '../../../src/store/database.ts';
import { ensurePartitions } from '../../../src/store/partitions.ts';

// Rows as they would be if they had been made earlier.

/**
 * Moves a delivery, its event and its attempts to `atMs` (Unix milliseconds), as far back as their ids say.
 *
 * @returns its new id
 */
export async function moveTo(db: Database, id: DeliveryId, atMs: number): Promise<DeliveryId> {
  const { eventId } = await db.delivery.findUniqueOrThrow({ where: { id: toUuid(id) } });
  const [older, olderEvent] = [at(toUuid(id), atMs), at(eventId, atMs)];
  const when = new Date(atMs);
  await db.$executeRaw`UPDATE events SET id = ${olderEvent}::uuid, accepted_at = ${when} WHERE id = ${eventId}::uuid`;
  await db.$executeRaw`UPDATE attempts SET delivery_id = ${older}::uuid, started_at = ${when} WHERE delivery_id = ${toUuid(id)}::uuid`;
  await db.$executeRaw`
    UPDATE deliveries SET id = ${older}::uuid, event_id = ${olderEvent}::uuid, created_at = ${when} WHERE id = ${toUuid(id)}::uuid`;
  return toId('delivery', older);
}

/** Creates the partitions of that week, and of the four that follow. */
export function givenWeekOf(db: Database, atMs: number): Promise<string[]> {
  return ensurePartitions(db, atMs);
}

export async function tableExists(db: Database, name: string): Promise<boolean> {
  const found = await db.$queryRaw<unknown[]>`SELECT FROM pg_class WHERE relname = ${name}`;
  return found.length > 0;
}

function at(uuid: string, atMs: number): string {
  const hex = atMs.toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}${uuid.slice(13)}`;
}
