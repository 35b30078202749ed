import { toId, toUuid } from '../../domain/id.ts';
import type { Installation } from '../../domain/installations.ts';
import type { IngestTransaction, PassKey, PlannedEvents } from '../../ports/events.ts';
import { lockConfigs } from '../configuration/tenant-config.ts';
import { type Database, inTransaction, type Statements } from '../database.ts';
import { takeSequences } from '../deliveries/pass-orders.ts';
import { acceptEvents, writeEvents } from './accept-events.ts';

/** The statements of one ingest transaction. */
export function createIngestTransaction(tx: Statements): IngestTransaction {
  return {
    lockConfigs: (tenants) => lockConfigs(tx, tenants),

    reserve: (reservation) => acceptEvents(inTransaction(tx), reservation, NOTHING_TO_WRITE),

    async lockInstallations(passes) {
      // Advisory locks, because a pass that was never installed has no row to lock. Locked in the order of `passes`.
      const names = passes.map(({ tenantId, passId }) => `${tenantId} ${passId}`);
      await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(name, 0)) FROM unnest(${names}::text[]) AS name`;
      return readInstallations(tx, passes);
    },

    async saveInstallations(installations) {
      await tx.$executeRaw`
        INSERT INTO installations
          (tenant_id, pass_id, install_id, active, registered_at, unregistered_at, installed_at, removed_at, platform, os)
        SELECT tenant_id, pass_id, install_id, active, registered_at, unregistered_at, installed_at, removed_at, platform, os
        FROM json_to_recordset(${JSON.stringify(installations.map(installationRow))}::json) AS i
          (tenant_id uuid, pass_id text, install_id text, active boolean, registered_at text, unregistered_at text,
           installed_at text, removed_at text, platform text, os text)
        ON CONFLICT (tenant_id, pass_id, install_id) DO UPDATE
        SET active = excluded.active, registered_at = excluded.registered_at, unregistered_at = excluded.unregistered_at,
          installed_at = excluded.installed_at, removed_at = excluded.removed_at, platform = excluded.platform, os = excluded.os`;
    },

    takeSequences: (wanted) => takeSequences(tx, wanted),

    write: (planned) => writeEvents(tx, planned),
  };
}

const NOTHING_TO_WRITE: PlannedEvents = { events: [], deliveries: [] };

interface InstallationRow {
  readonly tenant_id: string;
  readonly pass_id: string;
  readonly install_id: string;
  readonly active: boolean;
  readonly registered_at: string | null;
  readonly unregistered_at: string | null;
  readonly installed_at: string | null;
  readonly removed_at: string | null;
  readonly platform: string | null;
  readonly os: string | null;
}

export async function readInstallations(db: Database | Statements, passes: readonly PassKey[]): Promise<Installation[]> {
  const rows = await db.$queryRaw<InstallationRow[]>`
    SELECT tenant_id, pass_id, install_id, active, registered_at, unregistered_at, installed_at, removed_at, platform, os
    FROM installations
    WHERE (tenant_id, pass_id) IN (
      SELECT * FROM unnest(${passes.map(({ tenantId }) => toUuid(tenantId))}::uuid[], ${passes.map(({ passId }) => passId)}::text[]))`;
  return rows.map((row) => ({
    tenantId: toId('tenant', row.tenant_id),
    passId: row.pass_id,
    installId: row.install_id,
    active: row.active,
    registeredAt: row.registered_at ?? undefined,
    unregisteredAt: row.unregistered_at ?? undefined,
    installedAt: row.installed_at ?? undefined,
    removedAt: row.removed_at ?? undefined,
    platform: (row.platform as Installation['platform'] | null) ?? undefined,
    os: row.os ?? undefined,
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
    installed_at: installation.installedAt ?? null,
    removed_at: installation.removedAt ?? null,
    platform: installation.platform ?? null,
    os: installation.os ?? null,
  };
}
