import { toId } from '../../domain/id.ts';
import type { DialectName, Integration } from '../../domain/integration.ts';
import type { PolicyOverride } from '../../domain/policy.ts';
import { type Integration as IntegrationRow, Prisma } from '../generated/client.ts';

/** The columns that creation and change both write. */
export function columnsOf({ name, options, headers, policy, limits, signature, updatedAt }: Integration) {
  return {
    name,
    options: options as Prisma.InputJsonObject,
    headersKeyId: headers?.keyId ?? null,
    headersBox: headers ? Uint8Array.from(headers.box) : null,
    policy: storedPolicy(policy),
    limits: limits as Prisma.InputJsonObject,
    signature: signature === null ? Prisma.DbNull : (signature as Prisma.InputJsonObject),
    updatedAt,
  };
}

export function integrationOf(row: IntegrationRow): Integration {
  const { headersKeyId, headersBox } = row;
  return {
    id: toId('integration', row.id),
    tenantId: toId('tenant', row.tenantId),
    name: row.name,
    dialect: row.dialect as DialectName,
    options: row.options as object,
    headers: headersKeyId !== null && headersBox !== null ? { keyId: headersKeyId, box: headersBox } : undefined,
    policy: policyOf(row.policy as StoredPolicy),
    limits: row.limits as Integration['limits'],
    signature: row.signature as Integration['signature'],
    version: row.version,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
  };
}

/** Earlier versions stored the delays as `scheduleMs`, beginning with one before the first attempt, which they ignored. */
type StoredPolicy = PolicyOverride & { readonly scheduleMs?: readonly number[] };

/** Both forms, so that processes of earlier versions deliver by the same waits while they are being replaced. */
function storedPolicy(policy: PolicyOverride): Prisma.InputJsonObject {
  const { retryDelaysMs } = policy;
  return { ...policy, ...(retryDelaysMs && { scheduleMs: [0, ...retryDelaysMs] }) } as Prisma.InputJsonObject;
}

/** A policy that a process of an earlier version wrote has `scheduleMs` alone. */
function policyOf({ scheduleMs, ...policy }: StoredPolicy): PolicyOverride {
  return scheduleMs && !policy.retryDelaysMs ? { ...policy, retryDelaysMs: scheduleMs.slice(1) } : policy;
}
