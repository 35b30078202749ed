import { type EventId, toId, toUuid } from '../../domain/id.ts';
import { isOperationalEvent, passIdOf, type StoredEvent } from '../../domain/operational-event.ts';
import type { EventKey, EventKeyOwner, NewDelivery, PlannedEvents, Reservation, Reserved } from '../../ports/events.ts';
import { inTransaction, type Statements } from '../database.ts';
import { Prisma } from '../generated/client.ts';
import type { RunStatement } from '../pool.ts';

const NOTHING_TO_RESERVE: Reservation = { configVersions: new Map(), keys: [] };

/** Bounds the time of a statement, and the memory for it. */
const MAX_DELIVERIES = 2000;

/**
 * Writes events and deliveries without keys, in one statement, or several where the deliveries are many. Runs no statement when
 * `planned` contains neither.
 */
export async function writeEvents(tx: Statements, ...planned: readonly PlannedEvents[]): Promise<void> {
  const events = planned.flatMap((part) => part.events);
  const deliveries = planned.flatMap((part) => part.deliveries);
  for (let start = 0; start === 0 || start < deliveries.length; start += MAX_DELIVERIES) {
    const slice = { events: start === 0 ? events : [], deliveries: deliveries.slice(start, start + MAX_DELIVERIES) };
    if (slice.events.length + slice.deliveries.length > 0) await acceptEvents(inTransaction(tx), NOTHING_TO_RESERVE, slice);
  }
}

/**
 * Reserves the keys and writes the events and deliveries, in one statement, which is its own transaction outside of
 * one. Nothing is written when a tenant's current configuration version differs from the planned one. An event whose key is
 * already taken is not written, nor are the events derived from it. The row of a taken key is locked like that of a new one, so
 * that its owner is read here: a later statement might find that it has expired and was deleted. Rows are sent as JSON
 * parameters, which are cheaper than a dozen arrays.
 */
export async function acceptEvents(
  run: RunStatement,
  { configVersions, keys }: Reservation,
  { events, deliveries }: PlannedEvents,
): Promise<Reserved> {
  const tenants = [...configVersions.keys()].map(toUuid);
  const posted = postedIds(events);
  const ofTests = new Set(deliveries.flatMap(({ test, eventId }) => (test ? [eventId] : [])));
  const [reply] = await run<AcceptReply>(Prisma.sql`
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
      SET event_id = CASE WHEN k.expires_at < now() THEN excluded.event_id ELSE k.event_id END,
        body_hash = CASE WHEN k.expires_at < now() THEN excluded.body_hash ELSE k.body_hash END,
        expires_at = CASE WHEN k.expires_at < now() THEN excluded.expires_at ELSE k.expires_at END
      RETURNING k.tenant_id, k.producer_id, k.event_id, k.body_hash
    ), refused AS (
      SELECT event_id FROM keys EXCEPT SELECT event_id FROM reserved
    ), stored AS (
      INSERT INTO events (id, tenant_id, template_id, type, pass_id, producer_id, derived_from, facts, known_device,
        undelivered, user_provided_id, tracking_id, test)
      SELECT id, tenant_id, template_id, type, pass_id, producer_id, derived_from, facts, known_device, undelivered,
        user_provided_id, tracking_id, test IS NOT NULL
      FROM json_to_recordset(${JSON.stringify(events.map((event) => eventRow(event, ofTests)))}::json) AS e
        (id uuid, tenant_id uuid, template_id uuid, type text, pass_id text, producer_id text, derived_from uuid, facts text,
         known_device text, undelivered text, user_provided_id text, tracking_id text, test boolean)
      WHERE NOT EXISTS (SELECT FROM stale) AND coalesce(derived_from, id) NOT IN (TABLE refused)
    ), queued AS (
      INSERT INTO deliveries
        (id, tenant_id, event_id, template_id, subscription_id, endpoint_id, trigger, pass_id, state, due_at, message_id,
         replay_of, test, sequence, ended_at, ended_reason, ended_by)
      SELECT id, tenant_id, event_id, template_id, subscription_id, endpoint_id, trigger, pass_id, state,
        CASE WHEN state = 'pending' THEN now() END, message_id, replay_of, test, sequence,
        CASE WHEN state = 'cancelled' THEN now() END, ended_reason, ended_by
      FROM json_to_recordset(${JSON.stringify(deliveries.map((delivery) => deliveryRow(delivery, posted)))}::json) AS d
        (id uuid, tenant_id uuid, event_id uuid, template_id uuid, posted_id uuid, subscription_id uuid, endpoint_id uuid, trigger text,
         pass_id text, state text, message_id uuid, replay_of uuid, test boolean, sequence int, ended_reason text, ended_by text)
      WHERE NOT EXISTS (SELECT FROM stale) AND posted_id NOT IN (TABLE refused)
    )
    SELECT ARRAY(SELECT id FROM current) AS tenants, ARRAY(SELECT config_version FROM current) AS versions,
      (SELECT coalesce(json_agg(json_build_object(
          'event_id', keys.event_id, 'owner_id', reserved.event_id, 'body_hash', encode(reserved.body_hash, 'hex'))), '[]')
        FROM keys JOIN reserved USING (tenant_id, producer_id) WHERE reserved.event_id <> keys.event_id) AS taken`);
  if (!reply) throw new Error('the statement returned no row');
  const current = reply.tenants.map((id, index) => [toId('tenant', id), reply.versions[index] ?? 0] as const);
  return { configVersions: new Map(current), taken: ownersOf(keys, reply.taken) };
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
  readonly taken: readonly TakenKey[];
}

interface TakenKey {
  /** Of the event that was refused. */
  readonly event_id: string;
  readonly owner_id: string;
  readonly body_hash: string;
}

function ownersOf(keys: readonly EventKey[], taken: readonly TakenKey[]): ReadonlyMap<EventKey, EventKeyOwner> {
  if (taken.length === 0) return new Map();
  const owners = new Map(taken.map((key) => [key.event_id, key]));
  return new Map(
    keys.flatMap((key) => {
      const owner = owners.get(toUuid(key.eventId));
      if (!owner) return [];
      return [[key, { eventId: toId('event', owner.owner_id), bodyHash: Buffer.from(owner.body_hash, 'hex') }] as const];
    }),
  );
}

/** @param ofTests the events that were made for a test */
function eventRow(event: StoredEvent, ofTests: ReadonlySet<EventId>): object {
  return {
    id: toUuid(event.id),
    tenant_id: toUuid(event.tenantId),
    type: event.facts.type,
    pass_id: passIdOf(event),
    facts: JSON.stringify(event.facts),
    test: ofTests.has(event.id) || undefined,
    ...(!isOperationalEvent(event) && {
      template_id: toUuid(event.templateId),
      producer_id: event.facts.id,
      derived_from: event.derivedFrom && toUuid(event.derivedFrom),
      known_device: event.knownDevice && JSON.stringify(event.knownDevice),
      undelivered: event.undelivered,
      user_provided_id: event.facts.changes?.userProvidedId ?? event.facts.pass.userProvidedId,
      tracking_id: event.facts.trackingId,
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
    template_id: delivery.templateId && toUuid(delivery.templateId),
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
    ended_reason: delivery.cancelled?.reason,
    ended_by: delivery.cancelled?.by,
  };
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
}
