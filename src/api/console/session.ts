import { parseCookie } from 'cookie';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { type PersonId, parseId } from '../../domain/id.ts';
import type { SecretBox } from '../../domain/secret-box.ts';
import type { Clock } from '../../ports/process.ts';

const HOUR_MS = 3_600_000;
export const IDLE_MS = 8 * HOUR_MS;
export const ABSOLUTE_MS = 24 * HOUR_MS;
/** A session that is used gets a new cookie this often at most. */
const RENEW_AFTER_MS = 60_000;

/** `__Host-`: browsers accept it over https alone, and from no other host of the domain. */
const SECURE_COOKIE = '__Host-passwire';
const PLAIN_COOKIE = 'passwire';

const holderSchemas = [
  /** SHA-256 of the API key, in base64: the cookie lets nobody learn the key, and a revoked key ends the session. */
  z.object({ keyHash: z.string() }),
  /** Somebody with an account of the identity provider. */
  z.object({ personId: z.custom<PersonId>((id) => typeof id === 'string' && parseId('person', id) !== undefined) }),
] as const;
const timesSchema = z.object({ kind: z.literal('console-session'), startedAtMs: z.int(), seenAtMs: z.int() });
const sessionSchema = z.union([
  timesSchema.extend(holderSchemas[0].shape).strict(),
  timesSchema.extend(holderSchemas[1].shape).strict(),
]);

/** Whose session it is: an API key's or a person's. */
export type Holder = z.infer<(typeof holderSchemas)[number]>;

/** Somebody who is signed in. It is stored nowhere but in the cookie, sealed. */
export type Session = z.infer<typeof sessionSchema>;

/** Makes, reads and renews the cookie of a session. */
export class Sessions {
  readonly #box: SecretBox;
  readonly #clock: Clock;

  constructor(box: SecretBox, clock: Clock) {
    this.#box = box;
    this.#clock = clock;
  }

  /**
   * Signs in: sets the cookie.
   *
   * @param isSecure whether the browser came over https
   */
  start(response: Response, holder: Holder, isSecure: boolean): Session {
    const now = this.#clock();
    const session: Session = { kind: 'console-session', ...holder, startedAtMs: now, seenAtMs: now };
    this.#write(response, session, isSecure);
    return session;
  }

  /** Undefined: the request has no session, or one that has ended or was sealed with a key that is no longer configured. */
  read(request: Request): Session | undefined {
    const cookies = parseCookie(request.get('cookie') ?? '');
    const [, keyId, box] = /^([^.]+)\.([\w-]+)$/.exec(cookies[SECURE_COOKIE] ?? cookies[PLAIN_COOKIE] ?? '') ?? [];
    if (keyId === undefined || box === undefined) return undefined;
    const plain = this.#box.tryOpen({ keyId, box: Buffer.from(box, 'base64url') });
    const session = plain === undefined ? undefined : readSession(plain);
    return session && this.expiresInMs(session) > 0 ? session : undefined;
  }

  /** Counts a request as use. @returns the session as it is now */
  renew(request: Request, response: Response, session: Session): Session {
    const now = this.#clock();
    if (now - session.seenAtMs < RENEW_AFTER_MS) return session;
    const renewed = { ...session, seenAtMs: now };
    this.#write(response, renewed, isHttps(request) || hasSecureCookie(request));
    return renewed;
  }

  expiresInMs({ startedAtMs, seenAtMs }: Session): number {
    return Math.max(0, Math.min(seenAtMs + IDLE_MS, startedAtMs + ABSOLUTE_MS) - this.#clock());
  }

  /** Signs out: removes the cookie. */
  end(response: Response): void {
    for (const name of [SECURE_COOKIE, PLAIN_COOKIE]) {
      response.clearCookie(name, { ...COOKIE, secure: name === SECURE_COOKIE });
    }
  }

  #write(response: Response, session: Session, secure: boolean): void {
    const { keyId, box } = this.#box.seal(JSON.stringify(session));
    const value = `${keyId}.${Buffer.from(box).toString('base64url')}`;
    const maxAge = this.expiresInMs(session);
    response.cookie(secure ? SECURE_COOKIE : PLAIN_COOKIE, value, { ...COOKIE, secure, maxAge, encode: String });
  }
}

/** What cookies of signed-in people have in common. */
export const COOKIE = { httpOnly: true, sameSite: 'strict', path: '/' } as const;

/** The browser's word counts too: a proxy that ends TLS need not be a trusted one. */
export function isHttps(request: Request): boolean {
  return request.secure || (request.get('origin') ?? '').startsWith('https://');
}

/** A GET names no origin, so the session goes on as it began. */
function hasSecureCookie(request: Request): boolean {
  return parseCookie(request.get('cookie') ?? '')[SECURE_COOKIE] !== undefined;
}

function readSession(plain: string): Session | undefined {
  // another secret that was sealed with the same key is no JSON, or no session
  try {
    return sessionSchema.safeParse(JSON.parse(plain)).data;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
