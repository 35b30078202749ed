import type { PersonId } from '../domain/id.ts';
import type { StaffRole } from '../domain/staff-role.ts';
import type { Identity } from './identity-provider.ts';

/** Somebody who signed in with an account of the identity provider. */
export interface Person {
  readonly id: PersonId;
  readonly issuer: string;
  readonly subject: string;
  readonly name: string | undefined;
  readonly email: string | undefined;
  /** Undefined: the last sign-in was refused. */
  readonly role: StaffRole | undefined;
}

export interface PersonStore {
  /**
   * Stores who has signed in, with the role of now.
   *
   * @param id of a person who is new
   */
  signIn(id: PersonId, identity: Identity, at: Date): Promise<Person>;
  find(id: PersonId): Promise<Person | undefined>;
}
