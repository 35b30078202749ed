import { parseId, type TenantId } from '../domain/id.ts';
import type { ApiKey, ApiKeyStore } from '../ports/configuration.ts';

/** More are shown by their id. */
const MOST_NAMES = 10;

/**
 * Looks up who did something, and returns how to call them in a sentence.
 *
 * @param reader the tenant that the reader belongs to: it sees the names of its own keys, and of others only what they are;
 *   undefined: it sees all
 */
export async function nameActors(
  { apiKeys }: { readonly apiKeys: Pick<ApiKeyStore, 'find'> },
  actors: readonly (string | undefined)[],
  reader: TenantId | undefined,
): Promise<(by: string | undefined) => string> {
  const ids = [...new Set(actors)]
    .flatMap((by) => (by === undefined ? [] : (parseId('apiKey', by) ?? [])))
    .slice(0, MOST_NAMES);
  const keys = new Map((await Promise.all(ids.map((id) => apiKeys.find(id)))).map((key) => [key?.id as string, key]));
  return (by) => {
    if (by === undefined || by === 'system') return 'Passwire';
    const key = keys.get(by);
    if (by.startsWith('plk_')) return 'a person in the portal';
    return key ? nameOf(key, reader) : by.startsWith('key_') ? `the key ${by}` : 'the operator';
  };
}

function nameOf({ name, role, tenantId }: ApiKey, reader: TenantId | undefined): string {
  if (reader === undefined || reader === tenantId) return `the key "${name}"`;
  return role === 'support' ? 'support' : 'the operator';
}
