import { parseId, type TenantId } from '../domain/id.ts';
import type { ApiKey, ApiKeyStore } from '../ports/configuration.ts';
import type { Person, PersonStore } from '../ports/people.ts';

/** More are shown by their id. */
const MOST_NAMES = 10;

/**
 * Looks up who did something, and returns how to call them in a sentence.
 *
 * @param reader the tenant that the reader belongs to: it sees the names of its own keys, and of others only what they are;
 *   undefined: it sees all
 */
export async function nameActors(
  { apiKeys, people }: { readonly apiKeys: Pick<ApiKeyStore, 'find'>; readonly people: Pick<PersonStore, 'find'> },
  actors: readonly (string | undefined)[],
  reader: TenantId | undefined,
): Promise<(by: string | undefined) => string> {
  const found = await Promise.all(
    [...new Set(actors)].slice(0, MOST_NAMES).map(async (by = '') => {
      const keyId = parseId('apiKey', by);
      const personId = parseId('person', by);
      const key = keyId && (await apiKeys.find(keyId));
      const person = personId && (await people.find(personId));
      return [by, key ? nameOfKey(key, reader) : person && nameOf(person, reader)] as const;
    }),
  );
  const names = new Map(found);
  return (by) => {
    if (by === undefined || by === 'system') return 'Passwire';
    if (by.startsWith('plk_')) return 'a person in the portal';
    return names.get(by) ?? (by.startsWith('key_') ? `the key ${by}` : 'the operator');
  };
}

function nameOfKey({ name, role, tenantId }: ApiKey, reader: TenantId | undefined): string {
  if (reader === undefined || reader === tenantId) return `the key "${name}"`;
  return role === 'support' ? 'support' : 'the operator';
}

function nameOf({ name, email, subject, role }: Person, reader: TenantId | undefined): string {
  if (reader === undefined) return name ?? email ?? subject;
  return role === 'support' ? 'support' : 'the operator';
}
