import type { AuditAction } from '../../domain/audit.ts';
import { type Id, type IdKind, type TenantId, toUuid } from '../../domain/id.ts';
import type { AuditMembers } from '../../ports/audit.ts';
import type { Statements } from '../database.ts';

interface Act {
  readonly tenantId: TenantId;
  readonly action: AuditAction;
  readonly kind: IdKind;
  readonly target: Id<IdKind>;
  readonly after?: AuditMembers;
}

/** Enters an act in the audit log that changes no row which triggers watch, in the transaction of its effect. */
export async function recordAct(tx: Statements, { tenantId, action, kind, target, after }: Act): Promise<void> {
  const members = after ? JSON.stringify(after) : null;
  await tx.$executeRaw`
    SELECT write_audit_entry(${toUuid(tenantId)}::uuid, ${action}, ${kind}, ${toUuid(target)}::uuid, NULL, ${members}::jsonb)`;
}
