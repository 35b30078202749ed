import { type EventId, toId, toUuid } from '../../domain/id.ts';
import { isOperationalEvent, passIdOf, type StoredEvent } from '../../domain/operational-event.ts';
import type { EventKey, EventKeyOwner, NewDelivery, PlannedEvents, Reservation, Reserved } from '../../ports/events.ts';
import type { Statements } from '../database.ts';

const NOTHING_TO_RESERVE: Reservation = { configVersions: new Map(), keys: [] };

/** Writes events and deliveries in one statement, without keys. Runs no statement when `planned` contains neither. */
export async function writeEvents(tx: Statements, ...planned: readonly PlannedEvents[]): Promise<void> {
  const events = planned.flatMap((part) => part.events);
  const deliveries = planned.flatMap((part) => part.deliveries);
  if (events.length + deliveries.length > 0) await acceptEvents(tx, NOTHING_TO_RESERVE, { events, deliveries });
}

/**
 * Reserves the keys and writes the events and deliveries, in one statement, which is its own transaction when `db` is not in
 * one. Nothing is written when a tenant's current configuration version differs from the planned one. An event whose key is
 * already taken is not written, nor are the events derived from it. Rows are sent as JSON parameters, which are cheaper than
 * a dozen arrays.
 */
export async function acceptEvents(
  db: Statements,
  { configVersions, keys }: Reservation,
  { events, deliveries }: PlannedEvents,
): Promise<Reserved> {
  const tenants = [...configVersions.keys()].map(toUuid);
  const posted = postedIds(events);
  const [reply] = await db.$queryRaw<[AcceptReply]>`
    WITH current AS (
      SELECT id, config_version FROM tenants WHERE id = ANY(${tenants}::uuid[]) AND deleted_at IS NULL
    ), stale AS (
      SELECT FROM unnest(${tenants}::uuid[], ${[...configVersions.values()]}::int[]) AS planned (id, version)
      LEFT JOIN current USING (id) WHERE config_version IS DISTINCT FROM version
    ), keys AS (
      SELECT * FROM json_to_recordset(${JSON.stringify(keys.map(keyRow))}::json) AS k
        (tenant_id uuid, producer_id text, event_id uuid, body_hash text)
    ), reserved AS (
      INSERT INTO event_keys AS k (tenant_id, producer_id, event_id, body_hash, expires_at)
      SELECT tenant_id, producer_id, event_id, decode(body_hash, 'hex'), now() + interval '7 days' FROM keys
      WHERE NOT EXISTS (SELECT FROM stale)
      ON CONFLICT (tenant_id, producer_id) DO UPDATE
      SET event_id = excluded.event_id, body_hash = excluded.body_hash, expires_at = excluded.expires_at
      WHERE k.expires_at < now()
      RETURNING k.event_id
    ), refused AS (
      SELECT event_id FROM keys EXCEPT SELECT event_id FROM reserved
    ), stored AS (
      INSERT INTO events (id, tenant_id, template_id, type, pass_id, producer_id, derived_from, facts, known_device)
      SELECT id, tenant_id, template_id, type, pass_id, producer_id, derived_from, facts, known_device
      FROM json_to_recordset(${JSON.stringify(events.map(eventRow))}::json) AS e
        (id uuid, tenant_id uuid, template_id uuid, type text, pass_id text, producer_id text, derived_from uuid, facts text,
         known_device text)
      WHERE NOT EXISTS (SELECT FROM stale) AND coalesce(derived_from, id) NOT IN (TABLE refused)
    ), queued AS (
      INSERT INTO deliveries
        (id, tenant_id, event_id, subscription_id, endpoint_id, trigger, pass_id, state, due_at, message_id, replay_of, test,
         sequence)
      SELECT id, tenant_id, event_id, subscription_id, endpoint_id, trigger, pass_id, state,
        CASE WHEN state = 'pending' THEN now() END, message_id, replay_of, test, sequence
      FROM json_to_recordset(${JSON.stringify(deliveries.map((delivery) => deliveryRow(delivery, posted)))}::json) AS d
        (id uuid, tenant_id uuid, event_id uuid, posted_id uuid, subscription_id uuid, endpoint_id uuid, trigger text,
         pass_id text, state text, message_id uuid, replay_of uuid, test boolean, sequence int)
      WHERE NOT EXISTS (SELECT FROM stale) AND posted_id NOT IN (TABLE refused)
    )
    SELECT ARRAY(SELECT id FROM current) AS tenants, ARRAY(SELECT config_version FROM current) AS versions,
      ARRAY(SELECT event_id FROM reserved) AS reserved`;
  const current = reply.tenants.map((id, index) => [toId('tenant', id), reply.versions[index] ?? 0] as const);
  const isStale = current.length < tenants.length || current.some(([id, version]) => configVersions.get(id) !== version);
  const reserved = new Set(reply.reserved);
  const conflicting = isStale ? [] : keys.filter(({ eventId }) => !reserved.has(toUuid(eventId)));
  return { configVersions: new Map(current), taken: await ownersOf(db, conflicting) };
}

/** Maps each derived event to the posted event it was derived from, which owns the key. */
function postedIds(events: readonly StoredEvent[]): ReadonlyMap<EventId, EventId> {
  const posted = new Map<EventId, EventId>();
  for (const event of events) {
    if (!isOperationalEvent(event) && event.derivedFrom) posted.set(event.id, event.derivedFrom);
  }
  return posted;
}

interface AcceptReply {
  readonly tenants: readonly string[];
  readonly versions: readonly number[];
  readonly reserved: readonly string[];
}

/**
 * Reads the earlier owners of taken keys. A separate statement, because an owner that committed while the insert waited for
 * it is not visible in the insert's snapshot.
 */
async function ownersOf(tx: Statements, keys: readonly EventKey[]): Promise<Map<EventKey, EventKeyOwner>> {
  const taken = new Map<EventKey, EventKeyOwner>();
  if (keys.length === 0) return taken;
  const rows = await tx.$queryRaw<{ tenant_id: string; producer_id: string; event_id: string; body_hash: Uint8Array }[]>`
    SELECT tenant_id, producer_id, event_id, body_hash FROM event_keys
    WHERE (tenant_id, producer_id) IN (
      SELECT * FROM unnest(${keys.map(({ tenantId }) => toUuid(tenantId))}::uuid[], ${keys.map(({ producerId }) => producerId)}::text[]))`;
  const owners = new Map(rows.map((row) => [`${toId('tenant', row.tenant_id)} ${row.producer_id}`, row]));
  for (const key of keys) {
    const owner = owners.get(`${key.tenantId} ${key.producerId}`);
    if (owner) taken.set(key, { eventId: toId('event', owner.event_id), bodyHash: owner.body_hash });
  }
  return taken;
}

function eventRow(event: StoredEvent): object {
  return {
    id: toUuid(event.id),
    tenant_id: toUuid(event.tenantId),
    type: event.facts.type,
    pass_id: passIdOf(event),
    facts: JSON.stringify(event.facts),
    ...(!isOperationalEvent(event) && {
      template_id: toUuid(event.templateId),
      producer_id: event.facts.id,
      derived_from: event.derivedFrom && toUuid(event.derivedFrom),
      known_device: event.knownDevice && JSON.stringify(event.knownDevice),
    }),
  };
}

function keyRow({ tenantId, producerId, eventId, bodyHash }: EventKey): object {
  return { tenant_id: toUuid(tenantId), producer_id: producerId, event_id: toUuid(eventId), body_hash: hex(bodyHash) };
}

function deliveryRow(delivery: NewDelivery, posted: ReadonlyMap<EventId, EventId>): object {
  return {
    id: toUuid(delivery.id),
    tenant_id: toUuid(delivery.tenantId),
    event_id: toUuid(delivery.eventId),
    posted_id: toUuid(posted.get(delivery.eventId) ?? delivery.eventId),
    subscription_id: toUuid(delivery.subscriptionId),
    endpoint_id: toUuid(delivery.endpointId),
    trigger: delivery.trigger,
    pass_id: delivery.passId,
    state: delivery.state,
    message_id: toUuid(delivery.messageId),
    replay_of: delivery.replayOf && toUuid(delivery.replayOf),
    test: delivery.test,
    sequence: delivery.sequence,
  };
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
}
