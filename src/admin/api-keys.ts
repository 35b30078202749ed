import { createHash, randomBytes } from 'node:crypto';
import { z } from 'zod';
import { invalid, notFound } from '../domain/errors.ts';
import { type ApiKeyId, newId, parseId, type TenantId } from '../domain/id.ts';
import { type ApiKey, type ApiKeyStore, ROLES, type TenantStore } from '../ports/configuration.ts';
import type { Clock } from '../ports/process.ts';

export interface ApiKeyDeps {
  readonly apiKeys: ApiKeyStore;
  readonly tenants: Pick<TenantStore, 'find'>;
  readonly clock: Clock;
}

/** A tenant key belongs to a tenant; a producer or support key may be bound to one; an admin key never is. */
export const apiKeyInputSchema = z.strictObject({
  name: z.string().min(1).max(255).meta({ description: 'The name, for people.' }),
  role: z.enum(ROLES).meta({ description: 'What the key may do.' }),
  tenantId: z.string().nullable().default(null).meta({
    description:
      'The tenant it is bound to. Required for `tenant`, optional for `producer` and `support`, refused for `admin`.',
  }),
});
export type ApiKeyInput = z.infer<typeof apiKeyInputSchema>;

const KEY_BYTES = 32;
const HINT_LENGTH = 8;

/** Creates a key. Its text is returned only here: the store holds its SHA-256. @throws Problem invalid */
export async function createApiKey(
  deps: ApiKeyDeps,
  input: ApiKeyInput,
): Promise<{ readonly key: ApiKey; readonly text: string }> {
  const tenantId = await tenantOfKey(deps, input);
  const text = `pwk_${randomBytes(KEY_BYTES).toString('base64url')}`;
  const now = new Date(deps.clock());
  const key: ApiKey = {
    id: newId('apiKey', now.getTime()),
    name: input.name,
    role: input.role,
    tenantId,
    hint: text.slice(0, HINT_LENGTH),
    createdAt: now,
    revokedAt: undefined,
  };
  await deps.apiKeys.create(key, createHash('sha256').update(text).digest());
  return { key, text };
}

async function tenantOfKey({ tenants }: ApiKeyDeps, input: ApiKeyInput): Promise<TenantId | undefined> {
  if (input.tenantId === null) {
    if (input.role === 'tenant') throw refused('is required for a key of the role tenant');
    return undefined;
  }
  if (input.role === 'admin') throw refused('must be left out: an admin key belongs to no tenant');
  const id = parseId('tenant', input.tenantId);
  const tenant = id && (await tenants.find(id));
  if (!tenant) throw refused('names no tenant');
  return tenant.id;
}

function refused(detail: string): Error {
  return invalid([{ pointer: '/tenantId', detail }]);
}

/** @throws Problem not_found when the key does not exist or was already revoked */
export async function revokeApiKey({ apiKeys }: Pick<ApiKeyDeps, 'apiKeys'>, id: ApiKeyId): Promise<void> {
  if (!(await apiKeys.revoke(id))) throw notFound('API key');
}
