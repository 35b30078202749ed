import { type EventId, type TenantId, toId, toUuid } from '../domain/id.ts';
import type { Installation } from '../domain/installations.ts';
import { isNotice, passIdOf, type StoredEvent } from '../domain/notice.ts';
import type { EventKey, Intake, NewDelivery, PassKey } from '../pipeline/ports.ts';
import type { Statements } from './database.ts';
import { takeSequences } from './pass-orders.ts';

type Taken = { readonly eventId: EventId; readonly bodyHash: Uint8Array };

/**
 * The statements of one ingest transaction: three for a group without installs and ordered subscriptions, BEGIN and COMMIT
 * beside.
 */
export function createIntake(tx: Statements): Intake {
  return {
    async reserve(tenants, keys) {
      const versions = await tx.$queryRaw<{ id: string; config_version: number }[]>`
        SELECT id, config_version FROM tenants WHERE id = ANY(${tenants.map(toUuid)}::uuid[]) AND deleted_at IS NULL`;
      const configVersions = new Map<TenantId, number>();
      for (const row of versions) configVersions.set(toId('tenant', row.id), row.config_version);
      return { configVersions, taken: keys.length > 0 ? await takeKeys(tx, keys) : new Map<EventKey, Taken>() };
    },

    async lockInstallations(passes) {
      // Locks by name, since a pass that was never installed has no row to lock. The order is the callers'.
      const names = passes.map(({ tenantId, passId }) => `${tenantId} ${passId}`);
      await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(name, 0)) FROM unnest(${names}::text[]) AS name`;
      return readInstallations(tx, passes);
    },

    async saveInstallations(installations) {
      await tx.$executeRaw`
        INSERT INTO installations (tenant_id, pass_id, install_id, active, registered_at, unregistered_at)
        SELECT tenant_id, pass_id, install_id, active, registered_at, unregistered_at
        FROM json_to_recordset(${JSON.stringify(installations.map(installationRow))}::json) AS i
          (tenant_id uuid, pass_id text, install_id text, active boolean, registered_at text, unregistered_at text)
        ON CONFLICT (tenant_id, pass_id, install_id) DO UPDATE
        SET active = excluded.active, registered_at = excluded.registered_at, unregistered_at = excluded.unregistered_at`;
    },

    takeSequences(wanted) {
      return takeSequences(tx, wanted);
    },

    async write(events, deliveries) {
      await writeEvents(tx, events, deliveries);
    },
  };
}

/** One statement for both, as JSON: one parameter is cheaper to send than a dozen arrays. */
export async function writeEvents(
  tx: Statements,
  events: readonly StoredEvent[],
  deliveries: readonly NewDelivery[],
): Promise<void> {
  await tx.$executeRaw`
    WITH stored AS (
      INSERT INTO events (id, tenant_id, template_id, type, pass_id, producer_id, derived_from, facts)
      SELECT id, tenant_id, template_id, type, pass_id, producer_id, derived_from, facts
      FROM json_to_recordset(${JSON.stringify(events.map(eventRow))}::json) AS e
        (id uuid, tenant_id uuid, template_id uuid, type text, pass_id text, producer_id text, derived_from uuid, facts text)
    )
    INSERT INTO deliveries
      (id, tenant_id, event_id, subscription_id, endpoint_id, trigger, pass_id, state, due_at, message_id, replay_of, test,
       sequence)
    SELECT id, tenant_id, event_id, subscription_id, endpoint_id, trigger, pass_id, state,
      CASE WHEN state = 'pending' THEN now() END, message_id, replay_of, test, sequence
    FROM json_to_recordset(${JSON.stringify(deliveries.map(deliveryRow))}::json) AS d
      (id uuid, tenant_id uuid, event_id uuid, subscription_id uuid, endpoint_id uuid, trigger text, pass_id text, state text,
       message_id uuid, replay_of uuid, test boolean, sequence int)`;
}

/** A key that is taken and not expired stays as it is; its owner may have committed while we waited, so it is read apart. */
async function takeKeys(tx: Statements, keys: readonly EventKey[]): Promise<Map<EventKey, Taken>> {
  const rows = keys.map((key) => ({
    tenant_id: toUuid(key.tenantId),
    producer_id: key.producerId,
    event_id: toUuid(key.eventId),
    body_hash: hex(key.bodyHash),
  }));
  const inserted = await tx.$queryRaw<{ event_id: string }[]>`
    INSERT INTO event_keys AS k (tenant_id, producer_id, event_id, body_hash, expires_at)
    SELECT tenant_id, producer_id, event_id, decode(body_hash, 'hex'), now() + interval '7 days'
    FROM json_to_recordset(${JSON.stringify(rows)}::json) AS w
      (tenant_id uuid, producer_id text, event_id uuid, body_hash text)
    ON CONFLICT (tenant_id, producer_id) DO UPDATE
    SET event_id = excluded.event_id, body_hash = excluded.body_hash, expires_at = excluded.expires_at
    WHERE k.expires_at < now()
    RETURNING k.event_id`;
  if (inserted.length === keys.length) return new Map();
  const own = new Set(inserted.map(({ event_id }) => event_id));
  return ownersOf(
    tx,
    keys.filter(({ eventId }) => !own.has(toUuid(eventId))),
  );
}

async function ownersOf(tx: Statements, keys: readonly EventKey[]): Promise<Map<EventKey, Taken>> {
  const rows = await tx.$queryRaw<{ tenant_id: string; producer_id: string; event_id: string; body_hash: Uint8Array }[]>`
    SELECT tenant_id, producer_id, event_id, body_hash FROM event_keys
    WHERE (tenant_id, producer_id) IN (
      SELECT * FROM unnest(${keys.map(({ tenantId }) => toUuid(tenantId))}::uuid[], ${keys.map(({ producerId }) => producerId)}::text[]))`;
  const owners = new Map(rows.map((row) => [`${toId('tenant', row.tenant_id)} ${row.producer_id}`, row]));
  const taken = new Map<EventKey, Taken>();
  for (const key of keys) {
    const owner = owners.get(`${key.tenantId} ${key.producerId}`);
    if (owner) taken.set(key, { eventId: toId('event', owner.event_id), bodyHash: owner.body_hash });
  }
  return taken;
}

interface InstallationRow {
  readonly tenant_id: string;
  readonly pass_id: string;
  readonly install_id: string;
  readonly active: boolean;
  readonly registered_at: string | null;
  readonly unregistered_at: string | null;
}

async function readInstallations(tx: Statements, passes: readonly PassKey[]): Promise<Installation[]> {
  const rows = await tx.$queryRaw<InstallationRow[]>`
    SELECT tenant_id, pass_id, install_id, active, registered_at, unregistered_at FROM installations
    WHERE (tenant_id, pass_id) IN (
      SELECT * FROM unnest(${passes.map(({ tenantId }) => toUuid(tenantId))}::uuid[], ${passes.map(({ passId }) => passId)}::text[]))`;
  return rows.map((row) => ({
    tenantId: toId('tenant', row.tenant_id),
    passId: row.pass_id,
    installId: row.install_id,
    active: row.active,
    registeredAt: row.registered_at ?? undefined,
    unregisteredAt: row.unregistered_at ?? undefined,
  }));
}

function installationRow(installation: Installation): InstallationRow {
  return {
    tenant_id: toUuid(installation.tenantId),
    pass_id: installation.passId,
    install_id: installation.installId,
    active: installation.active,
    registered_at: installation.registeredAt ?? null,
    unregistered_at: installation.unregisteredAt ?? null,
  };
}

function eventRow(event: StoredEvent): object {
  const said = isNotice(event) ? event.notice : event.facts;
  return {
    id: toUuid(event.id),
    tenant_id: toUuid(event.tenantId),
    type: said.type,
    pass_id: passIdOf(event),
    facts: JSON.stringify(said),
    ...(!isNotice(event) && {
      template_id: toUuid(event.templateId),
      producer_id: event.facts.id,
      derived_from: event.derivedFrom && toUuid(event.derivedFrom),
    }),
  };
}

function deliveryRow(delivery: NewDelivery): object {
  return {
    id: toUuid(delivery.id),
    tenant_id: toUuid(delivery.tenantId),
    event_id: toUuid(delivery.eventId),
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
