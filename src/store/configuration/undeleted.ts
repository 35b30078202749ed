import { type Id, type IdKind, type TenantId, toUuid } from '../../domain/id.ts';

/** The Prisma condition for one of a tenant's templates, integrations or subscriptions that was not deleted. */
export function undeleted(tenantId: TenantId, id: Id<IdKind>) {
  return { id: toUuid(id), tenantId: toUuid(tenantId), deletedAt: null };
}
