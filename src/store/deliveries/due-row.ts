import { toId } from '../../domain/id.ts';
import type { Limits } from '../../domain/limits.ts';
import type { DueDelivery } from '../../ports/queue.ts';
import { Prisma } from '../generated/client.ts';

/**
 * The columns that every statement returns for a due delivery. They include the endpoint's limits, because Redis may have
 * lost them. An unqualified `endpoint_id` must be unambiguous in the statement.
 */
export const DUE_COLUMNS = Prisma.sql`id, tenant_id, endpoint_id, attempts, test, (
  SELECT i.limits FROM endpoints e JOIN integrations i ON i.id = e.integration_id WHERE e.id = endpoint_id) AS limits`;

export interface DueRow {
  readonly id: string;
  readonly tenant_id: string;
  readonly endpoint_id: string;
  readonly attempts: number;
  readonly test: boolean;
  readonly limits: Limits | null;
}

export function dueDelivery({ id, tenant_id, endpoint_id, attempts, test, limits }: DueRow): DueDelivery {
  return {
    deliveryId: toId('delivery', id),
    tenantId: toId('tenant', tenant_id),
    endpointId: toId('endpoint', endpoint_id),
    attempt: attempts + 1,
    delayMs: 0,
    limits: limits ?? undefined,
    test: test || undefined,
  };
}
