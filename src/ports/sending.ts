import type { BrokenOff, OutgoingRequest, SendFailure, SendOutcome } from '../domain/attempt.ts';

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

/** A certificate as its receiver shows it. Texts are printable ASCII. */
export interface ShownCertificate {
  readonly subject: string;
  readonly issuer: string;
  /** Host names and addresses that it is for, the first 20. */
  readonly names: readonly string[];
  readonly validFrom: Date;
  readonly validUntil: Date;
}

export type OpenedConnection =
  /** `problem`: why the certificate would be refused; undefined: it would be accepted. */
  | {
      readonly kind: 'tls';
      readonly protocol: string;
      readonly certificate: ShownCertificate | undefined;
      readonly problem: string | undefined;
    }
  /** http, without TLS. */
  | { readonly kind: 'plain' }
  | { readonly kind: 'failed'; readonly failure: SendFailure; readonly detail: string };

/** Where a URL leads; `url` is normalised. */
export type ProbedUrl =
  | { readonly kind: 'refused' | 'unresolvable'; readonly url: string; readonly detail: string }
  | {
      readonly kind: 'reached';
      readonly url: string;
      readonly addresses: readonly string[];
      readonly connection: OpenedConnection;
    };

export interface EndpointProber {
  /** Opens a connection and TLS, and sends no request. Never throws; takes about 5 s at most. */
  probe(url: string): Promise<ProbedUrl>;
}
