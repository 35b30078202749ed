import type { Request } from 'express';
import type { Caller } from './key-ring.ts';
import { HttpProblem } from './problem.ts';
import type { Context } from './route.ts';

/** How the requests of an API carry their key. */
export interface Credentials {
  /** The keys that a request may mean, the likeliest first; none when it has no credentials of this form. */
  keysOf(request: Request): readonly string[];
  /** The value of `WWW-Authenticate`. */
  readonly challenge: string;
  /** What to send, for a request without a key. */
  readonly advice: string;
}

/** The key of `Authorization: Bearer <key>`. */
export function bearerKeys(request: Request): readonly string[] {
  const [, key] = /^Bearer +(\S+) *$/i.exec(request.get('authorization') ?? '') ?? [];
  return key === undefined ? [] : [key];
}

/** @throws HttpProblem 401, Unavailable */
export async function identify(
  { keyRing, failedKeys }: Pick<Context, 'keyRing' | 'failedKeys'>,
  request: Request,
  { keysOf, challenge, advice }: Credentials,
): Promise<Caller> {
  const address = request.ip ?? '';
  const keys = keysOf(request);
  for (const key of keys) {
    const caller = await keyRing.identify(key, () => failedKeys.delay(address));
    if (caller) return caller;
  }
  if (keys.length > 0) await failedKeys.note(address);
  const detail = keys.length > 0 ? 'The API key is unknown or revoked.' : advice;
  throw new HttpProblem('unauthenticated', detail, { 'www-authenticate': challenge });
}
