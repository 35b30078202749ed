import { z } from 'zod';
import { notFound } from '../domain/errors.ts';
import { newId, type TenantId } from '../domain/id.ts';
import type { Tenant, TenantStore } from '../ports/configuration.ts';
import type { Clock } from '../ports/process.ts';

export interface TenantDeps {
  readonly tenants: TenantStore;
  readonly clock: Clock;
}

export const tenantInputSchema = z.strictObject({
  name: z.string().min(1).max(255).meta({ description: 'The name, for people.' }),
});
export type TenantInput = z.infer<typeof tenantInputSchema>;

export async function createTenant({ tenants, clock }: TenantDeps, { name }: TenantInput): Promise<Tenant> {
  const now = new Date(clock());
  const tenant = { id: newId('tenant', now.getTime()), name, createdAt: now, updatedAt: now };
  await tenants.create(tenant);
  return tenant;
}

/** @throws Problem not_found */
export async function renameTenant({ tenants }: TenantDeps, id: TenantId, { name }: TenantInput): Promise<Tenant> {
  const tenant = await tenants.rename(id, name);
  if (!tenant) throw notFound('tenant');
  return tenant;
}

/** Deletes softly: its keys stop working and its open deliveries are cancelled. @throws Problem not_found */
export async function deleteTenant({ tenants }: TenantDeps, id: TenantId, by: string): Promise<void> {
  if (!(await tenants.delete(id, by))) throw notFound('tenant');
}
