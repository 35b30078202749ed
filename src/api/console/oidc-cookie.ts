import { parseCookie } from 'cookie';
import type { Request, Response } from 'express';
import { z } from 'zod';
import type { SecretBox } from '../../domain/secret-box.ts';
import type { Clock } from '../../ports/process.ts';

/** So long may somebody take at the provider. */
const LIFETIME_MS = 10 * 60_000;
const NAME = 'passwire-oidc';
const PATH = '/v1/sign-in/oidc';

const begunSchema = z.strictObject({
  kind: z.literal('oidc-sign-in'),
  state: z.string(),
  nonce: z.string(),
  codeVerifier: z.string(),
  /** Where it leads back to, as the provider was told. */
  redirectUri: z.string(),
  /** The page of the console to go to afterwards. */
  to: z.string(),
  startedAtMs: z.int(),
});

/** A sign-in that a browser began at the provider. */
export type Begun = z.infer<typeof begunSchema>;

/**
 * The cookie of a sign-in under way, sealed. It is SameSite=Lax: the provider, another site, leads back to us, and the session's
 * own cookie would not be sent.
 */
export class OidcCookie {
  readonly #box: SecretBox;
  readonly #clock: Clock;

  constructor({ box, clock }: { readonly box: SecretBox; readonly clock: Clock }) {
    this.#box = box;
    this.#clock = clock;
  }

  write(response: Response, begun: Omit<Begun, 'kind' | 'startedAtMs'>): void {
    const whole: Begun = { kind: 'oidc-sign-in', ...begun, startedAtMs: this.#clock() };
    const { keyId, box } = this.#box.seal(JSON.stringify(whole));
    const value = `${keyId}.${Buffer.from(box).toString('base64url')}`;
    const secure = begun.redirectUri.startsWith('https:');
    response.cookie(NAME, value, { ...COOKIE, secure, maxAge: LIFETIME_MS, encode: String });
  }

  /** Takes the cookie: it is good for one answer. Undefined: there is none, or it took too long. */
  take(request: Request, response: Response): Begun | undefined {
    const [, keyId, box] = /^([^.]+)\.([\w-]+)$/.exec(parseCookie(request.get('cookie') ?? '')[NAME] ?? '') ?? [];
    response.clearCookie(NAME, COOKIE);
    if (keyId === undefined || box === undefined) return undefined;
    const plain = this.#box.tryOpen({ keyId, box: Buffer.from(box, 'base64url') });
    const begun = plain === undefined ? undefined : read(plain);
    return begun && this.#clock() - begun.startedAtMs < LIFETIME_MS ? begun : undefined;
  }
}

const COOKIE = { httpOnly: true, sameSite: 'lax', path: PATH } as const;

function read(plain: string): Begun | undefined {
  // another secret that was sealed with the same key is no JSON, or another cookie
  try {
    return begunSchema.safeParse(JSON.parse(plain)).data;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
