import { LRUCache } from 'lru-cache';
import type { PersonId } from '../domain/id.ts';
import type { Person, PersonStore } from '../ports/people.ts';
import type { Caller } from './key-ring.ts';

const MAX_CACHED = 1000;
/** A role that another process changed counts here for at most this long. */
const CACHE_TTL_MS = 5000;

/** People as callers, with the role of their last sign-in. They are cached briefly. */
export class Staff {
  readonly #known: LRUCache<PersonId, Caller>;

  /** @param issuer of the provider that is configured; the sessions of another one's people have ended */
  constructor(people: Pick<PersonStore, 'find'>, issuer: string | undefined) {
    this.#known = new LRUCache<PersonId, Caller>({
      max: MAX_CACHED,
      ttl: CACHE_TTL_MS,
      fetchMethod: async (id) => {
        const person = await people.find(id);
        return person && person.issuer === issuer ? callerOf(person) : undefined;
      },
    });
  }

  /** Undefined: the person may not sign in any more. @throws Unavailable */
  identify(id: PersonId): Promise<Caller | undefined> {
    return this.#known.fetch(id);
  }

  /** After a sign-in, which may have changed the role. */
  forget(id: PersonId): void {
    this.#known.delete(id);
  }
}

function callerOf(person: Person): Caller | undefined {
  const { id, role } = person;
  return role && { id, role, name: nameOfPerson(person), tenantId: undefined, person };
}

/** As `Jo Doe (jo@example.com)`. */
function nameOfPerson({ name, email, subject }: Pick<Person, 'name' | 'email' | 'subject'>): string {
  if (name !== undefined && email !== undefined && name !== email) return `${name} (${email})`;
  return name ?? email ?? subject;
}
