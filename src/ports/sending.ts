import type { BrokenOff, OutgoingRequest, SendOutcome } from '../domain/attempt.ts';

export interface Sender {
  /** One HTTP try. Never throws for anything that a receiver, its name server or its network does. */
  send(request: OutgoingRequest): Promise<SendOutcome | BrokenOff>;
}

/** The result of checking a URL before anything is sent to it. */
export type UrlCheck =
  | { readonly kind: 'ok' }
  | { readonly kind: 'unresolvable'; readonly detail: string }
  | { readonly kind: 'forbidden'; readonly detail: string };

export interface UrlChecker {
  /** `forbidden`: malformed, not https, with credentials or a fragment, or a forbidden address. */
  check(url: string): Promise<UrlCheck>;
}
