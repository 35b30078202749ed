import type { AuditAction } from '../../domain/audit.ts';
import { type IdKind, toId } from '../../domain/id.ts';
import type { AuditEntry, AuditFilter, AuditMembers, AuditStore } from '../../ports/audit.ts';
import { allOf, equals, equalsId, within } from '../conditions.ts';
import type { Database } from '../database.ts';
import { idsBefore, toPage } from '../pages.ts';

export function createAuditStore(db: Database): AuditStore {
  return {
    async list({ tenantId, target, actor, action, ...times }: AuditFilter, page) {
      // audit_entries_target_id_id_idx, audit_entries_actor_id_id_idx, audit_entries_tenant_id_id_idx, or the primary key
      const rows = await db.$queryRaw<AuditRow[]>`
        SELECT id, tenant_id, actor_id, actor_role, actor_name, actor_tenant_id, actor_subject, action, target_kind, target_id, before,
          after, request_id, created_at
        FROM audit_entries
        WHERE ${allOf(
          equalsId('tenant_id', tenantId),
          equalsId('target_id', target),
          equals('actor_id', actor),
          equals('action', action),
          within('created_at', times),
          idsBefore(page),
        )}
        ORDER BY id DESC LIMIT ${page.limit + 1}`;
      return toPage(rows, page, entryOf);
    },
  };
}

interface AuditRow {
  readonly id: string;
  readonly tenant_id: string | null;
  readonly actor_id: string;
  readonly actor_role: string | null;
  readonly actor_name: string | null;
  readonly actor_tenant_id: string | null;
  readonly actor_subject: string | null;
  readonly action: AuditAction;
  readonly target_kind: IdKind;
  readonly target_id: string;
  readonly before: AuditMembers | null;
  readonly after: AuditMembers | null;
  readonly request_id: string | null;
  readonly created_at: Date;
}

function entryOf(row: AuditRow): AuditEntry {
  return {
    id: toId('audit', row.id),
    tenantId: row.tenant_id === null ? undefined : toId('tenant', row.tenant_id),
    actor: {
      id: row.actor_id,
      role: row.actor_role ?? undefined,
      name: row.actor_name ?? undefined,
      subject: row.actor_subject ?? undefined,
      tenantId: row.actor_tenant_id === null ? undefined : toId('tenant', row.actor_tenant_id),
    },
    action: row.action,
    target: { kind: row.target_kind, id: toId(row.target_kind, row.target_id) },
    before: row.before ? shown(row.before) : undefined,
    after: row.after ? shown(row.after) : undefined,
    requestId: row.request_id ?? undefined,
    at: row.created_at,
  };
}

/** The kinds of the ids in columns. */
const ID_COLUMNS: Readonly<Record<string, IdKind>> = {
  tenant_id: 'tenant',
  integration_id: 'integration',
  template_id: 'template',
  secret_id: 'secret',
};

/** Columns under the names and with the ids of the API. */
function shown(members: AuditMembers): AuditMembers {
  return Object.fromEntries(
    Object.entries(members).map(([column, value]) => {
      const kind = ID_COLUMNS[column];
      const name =
        column === 'headers_box' ? 'headers' : column.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
      return [name, kind && typeof value === 'string' ? toId(kind, value) : value];
    }),
  );
}
