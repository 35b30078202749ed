import { toId, toUuid } from '../domain/id.ts';
import type { StaffRole } from '../domain/staff-role.ts';
import type { Person, PersonStore } from '../ports/people.ts';
import type { Database } from './database.ts';

export function createPersonStore(db: Database): PersonStore {
  return {
    async signIn(id, { issuer, subject, name, email, role }, at) {
      const [row] = await db.$queryRaw<PersonRow[]>`
        INSERT INTO people (id, issuer, subject, name, email, role, created_at, signed_in_at)
        VALUES (${toUuid(id)}::uuid, ${issuer}, ${subject}, ${name ?? null}, ${email ?? null}, ${role ?? null}, ${at}, ${at})
        ON CONFLICT (issuer, subject) DO UPDATE SET name = EXCLUDED.name, email = EXCLUDED.email, role = EXCLUDED.role,
          signed_in_at = EXCLUDED.signed_in_at
        RETURNING id, issuer, subject, name, email, role`;
      if (!row) throw new Error('an upsert returned no row');
      return personOf(row);
    },

    async find(id) {
      const [row] = await db.$queryRaw<PersonRow[]>`
        SELECT id, issuer, subject, name, email, role FROM people WHERE id = ${toUuid(id)}::uuid`;
      return row && personOf(row);
    },
  };
}

interface PersonRow {
  readonly id: string;
  readonly issuer: string;
  readonly subject: string;
  readonly name: string | null;
  readonly email: string | null;
  readonly role: StaffRole | null;
}

function personOf({ id, issuer, subject, name, email, role }: PersonRow): Person {
  return {
    id: toId('person', id),
    issuer,
    subject,
    name: name ?? undefined,
    email: email ?? undefined,
    role: role ?? undefined,
  };
}
