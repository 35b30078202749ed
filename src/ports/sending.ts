import type { OutgoingRequest, SendOutcome } from '../domain/attempt.ts';

export interface Sender {
  /** One HTTP try. Never throws for anything that a receiver, its name server or its network does. */
  send(request: OutgoingRequest): Promise<SendOutcome>;
}

/** What is known of a URL before anything is sent to it. */
export type UrlCheck =
  | { readonly kind: 'ok' }
  | { readonly kind: 'unresolvable'; readonly detail: string }
  | { readonly kind: 'forbidden'; readonly detail: string };

export interface UrlChecker {
  /** Malformed, not https, credentials or fragment inside, or a forbidden address: `forbidden`. */
  check(url: string): Promise<UrlCheck>;
}
