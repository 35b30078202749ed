import type { Integration, StoredSecret } from '../domain/integration.ts';
import { type SecretBox, SecretUnreadable } from '../domain/secret-box.ts';
import type { SigningSecret } from '../domain/signing.ts';

export interface OpenedSecret extends SigningSecret {
  readonly createdAt: Date;
  readonly expiresAt: Date | undefined;
}

/** What an integration signs and sends with, in plain text. */
export interface OpenedParts {
  readonly secrets: readonly OpenedSecret[];
  readonly headers: Readonly<Record<string, string>>;
  /** Why one of them cannot be opened, for tenants; then there are none. */
  readonly unreadable: string | undefined;
}

export function openParts(box: SecretBox, { headers }: Integration, secrets: readonly StoredSecret[]): OpenedParts {
  try {
    return {
      secrets: secrets.map((secret) => ({ ...secret, value: box.open(secret.sealed) })),
      headers: headers ? JSON.parse(box.open(headers)) : {},
      unreadable: undefined,
    };
  } catch (error) {
    if (!(error instanceof SecretUnreadable)) throw error;
    return { secrets: [], headers: {}, unreadable: `a secret or the extra headers of the integration ${error.message}` };
  }
}
