import { toId } from '../domain/id.ts';
import type { Limits } from '../domain/pace.ts';
import type { DueDelivery } from '../pipeline/ports.ts';

/** What every statement returns of a delivery that is due. */
export interface DueRow {
  readonly id: string;
  readonly tenant_id: string;
  readonly endpoint_id: string;
  readonly attempts: number;
  readonly limits?: Limits | null;
}

export function dueDelivery({ id, tenant_id, endpoint_id, attempts, limits }: DueRow): DueDelivery {
  return {
    deliveryId: toId('delivery', id),
    tenantId: toId('tenant', tenant_id),
    endpointId: toId('endpoint', endpoint_id),
    attempt: attempts + 1,
    delayMs: 0,
    limits: limits ?? undefined,
  };
}
