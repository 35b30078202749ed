import { z } from 'zod';
import { notFound } from '../domain/errors.ts';
import { newId, type TenantId } from '../domain/id.ts';
import { tenantRetentionSchema } from '../domain/retention.ts';
import { type ExpectedVersions, requireVersion } from '../domain/row-version.ts';
import type { Tenant, TenantStore } from '../ports/configuration.ts';
import type { Clock } from '../ports/process.ts';
import { type Patch, patched, patchOf } from './patch.ts';

export interface TenantDeps {
  readonly tenants: TenantStore;
  readonly clock: Clock;
}

export const tenantInputSchema = z.strictObject({
  name: z.string().min(1).max(255).meta({ description: 'The name, for people.' }),
  retention: tenantRetentionSchema.prefault({}),
});
export type TenantInput = z.infer<typeof tenantInputSchema>;

export const tenantPatchSchema = patchOf(tenantInputSchema);
export type TenantPatch = Patch<(typeof tenantInputSchema)['shape']>;

export async function createTenant({ tenants, clock }: TenantDeps, input: TenantInput): Promise<Tenant> {
  const now = new Date(clock());
  const tenant = { ...input, id: newId('tenant', now.getTime()), version: 1, createdAt: now, updatedAt: now };
  await tenants.create(tenant);
  return tenant;
}

/** @throws Problem not_found or precondition */
export function changeTenant(
  { tenants, clock }: TenantDeps,
  id: TenantId,
  patch: TenantPatch,
  expected?: ExpectedVersions,
): Promise<Tenant> {
  return tenants.change(id, (current) => {
    requireVersion(expected, current);
    return { ...current, ...patched(tenantInputSchema, current, patch), updatedAt: new Date(clock()) };
  });
}

/** Deletes softly: its keys stop working and its open deliveries are cancelled. @throws Problem not_found or precondition */
export async function deleteTenant(
  { tenants }: Pick<TenantDeps, 'tenants'>,
  id: TenantId,
  by: string,
  expected?: ExpectedVersions,
): Promise<void> {
  if (!(await tenants.delete(id, by, expected))) throw notFound('tenant');
}
