import type { AuditAction } from '../domain/audit.ts';
import type { Id, IdKind, TenantId } from '../domain/id.ts';
import type { JsonValue } from '../domain/json.ts';
import type { Page, PageQuery } from './page.ts';

/** Who acts, in the request of a person or a program. */
export interface Actor {
  /** The id of an API key, a person or a link to the portal, or `configured-admin`. */
  readonly id: string;
  readonly role: string;
  readonly name: string;
  /** A person's subject at the identity provider; undefined for keys. */
  readonly subject: string | undefined;
  /** The tenant that its key is bound to. */
  readonly tenantId: TenantId | undefined;
  readonly requestId: string;
}

/** Runs `work` so that the transactions that it begins are entered in the audit log as acts of `actor`. */
export type ActAs = <T>(actor: Actor, work: () => Promise<T>) => Promise<T>;

export type AuditMembers = Readonly<Record<string, JsonValue>>;

export interface AuditEntry {
  readonly id: Id<'audit'>;
  /** Undefined: an act on tenants or API keys. */
  readonly tenantId: TenantId | undefined;
  /** Role and name are undefined for `system`. */
  readonly actor: {
    readonly id: string;
    readonly role: string | undefined;
    readonly name: string | undefined;
    readonly subject: string | undefined;
    readonly tenantId: TenantId | undefined;
  };
  readonly action: AuditAction;
  readonly target: { readonly kind: IdKind; readonly id: Id<IdKind> };
  /** Of a change the members that differ; undefined where there was nothing before. Secrets are masked. */
  readonly before: AuditMembers | undefined;
  readonly after: AuditMembers | undefined;
  readonly requestId: string | undefined;
  readonly at: Date;
}

export interface AuditFilter {
  readonly tenantId?: TenantId | undefined;
  readonly target?: Id<IdKind> | undefined;
  readonly actor?: string | undefined;
  readonly action?: AuditAction | undefined;
  readonly after?: Date | undefined;
  readonly before?: Date | undefined;
}

export interface AuditStore {
  /** Newest first. */
  list(filter: AuditFilter, page: PageQuery): Promise<Page<AuditEntry>>;
}
