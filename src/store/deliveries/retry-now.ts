import { type DeliveryId, type EndpointId, type TenantId, toUuid } from '../../domain/id.ts';
import type { DueDelivery } from '../../ports/queue.ts';
import type { Database, Statements } from '../database.ts';
import { Prisma } from '../generated/client.ts';
import { partitionSpan } from '../partition-span.ts';
import { DUE_COLUMNS, type DueRow, dueDelivery } from './due-row.ts';
import { doneBy, noteChange } from './note-change.ts';

// A retry that is brought forward counts as an attempt, but uses no delay of the schedule: the round begins one attempt later, and the
// planned time is kept for the case that it fails.

const BRING_FORWARD = Prisma.sql`
  attempts_before = attempts_before + CASE WHEN planned_at > now() THEN 0 ELSE 1 END,
  planned_at = CASE WHEN planned_at > now() THEN planned_at ELSE due_at END,
  due_at = now()`;

/** Makes a delivery that waits for its retry due now. Undefined when it does not wait for one. */
export async function retryNow(
  db: Database | Statements,
  tenantId: TenantId,
  id: DeliveryId,
  by: string,
): Promise<DueDelivery | undefined> {
  const [row] = await db.$queryRaw<DueRow[]>`
    UPDATE deliveries SET ${BRING_FORWARD}, ${noteChange('retried', doneBy(by))}
    WHERE id = ${toUuid(id)}::uuid AND tenant_id = ${toUuid(tenantId)}::uuid AND state = 'retrying'
    RETURNING ${DUE_COLUMNS}`;
  return row && dueDelivery(row);
}

/** The same for each of these. Those that do not wait for a retry are left out. */
export async function retryEachNow(
  tx: Statements,
  tenantId: TenantId,
  ids: readonly DeliveryId[],
  by: string,
): Promise<ReadonlyMap<DeliveryId, readonly DueDelivery[]>> {
  if (ids.length === 0) return new Map();
  const { from, to } = partitionSpan(ids);
  const rows = await tx.$queryRaw<DueRow[]>`
    UPDATE deliveries SET ${BRING_FORWARD}, ${noteChange('retried', doneBy(by))}
    WHERE id = ANY(${ids.map(toUuid)}::uuid[]) AND id >= ${from}::uuid AND id < ${to}::uuid
      AND tenant_id = ${toUuid(tenantId)}::uuid AND coalesce(state, '') = 'retrying'
    RETURNING ${DUE_COLUMNS}`;
  return new Map(rows.map(dueDelivery).map((due) => [due.deliveryId, [due]]));
}

const CHUNK = 2_000;
/** How many are returned. The others are due too, and the recovery sweep offers them. */
const MAX_RETURNED = 10_000;

/** The same for all deliveries of an endpoint, in chunks, soonest first. deliveries_endpoint_id_due_at_id_idx */
export async function retryAllNow(db: Database, endpointId: EndpointId): Promise<DueDelivery[]> {
  const due: DueDelivery[] = [];
  for (;;) {
    const rows = await db.$queryRaw<DueRow[]>`
      UPDATE deliveries SET ${BRING_FORWARD}, ${noteChange('brought_forward')}
      WHERE id IN (
        SELECT id FROM deliveries
        WHERE endpoint_id = ${toUuid(endpointId)}::uuid AND due_at > now() AND state = 'retrying' AND planned_at IS NULL
        ORDER BY due_at, id LIMIT ${CHUNK} FOR UPDATE SKIP LOCKED
      ) AND state = 'retrying'
      RETURNING ${DUE_COLUMNS}`;
    if (rows.length === 0) return due;
    due.push(...rows.slice(0, MAX_RETURNED - due.length).map(dueDelivery));
  }
}
