import type { StaffRole } from '../domain/staff-role.ts';

/** What only the browser that began a sign-in may know until it ends. */
export interface SignInSecrets {
  readonly state: string;
  readonly nonce: string;
  readonly codeVerifier: string;
}

/** Who has signed in, by the provider's word. */
export interface Identity {
  readonly issuer: string;
  readonly subject: string;
  readonly name: string | undefined;
  readonly email: string | undefined;
  /** Undefined: no value of the claim gives a role. */
  readonly role: StaffRole | undefined;
}

/**
 * Why somebody could not sign in: `denied` by the person or the provider; `mismatch`: the answer belongs to no sign-in of this
 * browser, or was used before; `unreachable`: the provider does not respond; `failed`: its answer cannot be accepted.
 */
export type SignInFailure = 'denied' | 'mismatch' | 'unreachable' | 'failed';

/** A failure has the provider's or the library's error code for the log, which holds nothing secret. */
export type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly failure: SignInFailure; readonly code: string };

/** Signs people in by OpenID Connect. No method throws for what a provider can do. */
export interface IdentityProvider {
  readonly issuer: string;
  /** How people call it. */
  readonly label: string;
  /** @returns the provider's page to go to. @param redirectUri where it leads back to */
  begin(redirectUri: string, secrets: SignInSecrets): Promise<Outcome<string>>;
  newSecrets(): SignInSecrets;
  /** @param answer the redirect URI with the query that the provider gave it */
  end(answer: URL, secrets: SignInSecrets): Promise<Outcome<Identity>>;
  /** The page that ends the session at the provider itself; undefined: it has none, or cannot be reached. */
  endSessionUrl(returnTo: string): Promise<string | undefined>;
}
