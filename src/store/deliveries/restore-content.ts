import { type DeliveryId, toId, toUuid } from '../../domain/id.ts';
import type { Statements } from '../database.ts';
import { noteBroughtBack } from '../retention/bodies.ts';

/**
 * Makes an ended delivery sendable again whose content retention has removed: its dead letter, which is kept longer, has body and
 * facts. To be called before it is opened.
 *
 * @returns false when its content was removed and no dead letter has it
 */
export async function restoreContent(tx: Statements, id: DeliveryId): Promise<boolean> {
  const [delivery] = await tx.$queryRaw<{ tenant_id: string; removed_as: string | null; event_id: string }[]>`
    SELECT tenant_id, removed_as, event_id FROM deliveries WHERE id = ${toUuid(id)}::uuid`;
  if (!delivery || delivery.removed_as === null) return true;
  // dead_letters_delivery_id_idx
  const [letter] = await tx.$queryRaw<{ body: string | null; facts: string | null; known_device: string | null }[]>`
    SELECT body, facts, known_device FROM dead_letters
    WHERE delivery_id = ${toUuid(id)}::uuid AND removed_as IS NULL AND (body IS NOT NULL OR facts IS NOT NULL)
    ORDER BY id DESC LIMIT 1`;
  if (!letter) return false;
  await tx.$executeRaw`
    UPDATE deliveries SET body = ${letter.body}, removed_as = NULL, removed_at = NULL WHERE id = ${toUuid(id)}::uuid`;
  await noteBroughtBack(tx, delivery.tenant_id, { deliveryId: id, eventId: toId('event', delivery.event_id) });
  if (letter.body === null) {
    await tx.$executeRaw`
      UPDATE events SET facts = ${letter.facts}, known_device = ${letter.known_device}, removed_as = NULL, removed_at = NULL
      WHERE id = ${delivery.event_id}::uuid AND facts IS NULL`;
  }
  return true;
}
