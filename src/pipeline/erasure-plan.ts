import type { Sealed, SecretBox } from '../domain/secret-box.ts';

/** The ids of an erasure. They are stored sealed while it runs, and deleted when it has ended. */
export interface ErasurePlan {
  readonly passIds: readonly string[];
  readonly userProvidedId?: string;
}

export function sealIds(box: SecretBox, plan: ErasurePlan): Sealed {
  return box.seal(JSON.stringify(plan));
}

/** @throws SecretUnreadable when the encryption key is not configured any more */
export function openIds(box: SecretBox, sealed: Sealed): ErasurePlan {
  return JSON.parse(box.open(sealed)) as ErasurePlan;
}
