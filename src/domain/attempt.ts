import type { DeliveryId } from './id.ts';

export interface OutgoingRequest {
  readonly method: 'POST' | 'PUT' | 'DELETE' | 'OPTIONS';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Time limit of the whole attempt, connect and first byte included. */
  readonly timeoutMs: number;
}

/** Why there was no HTTP response, as a word that people can search for. */
export const SEND_FAILURES = [
  'dns', // the name does not resolve
  'forbidden_address', // the name resolves to an address that must not be dialled
  'connect', // refused, reset or unreachable before a request was sent
  'tls', // the certificate or the handshake failed
  'timeout', // connect, first byte or whole request took too long
  'reset', // the connection broke after the request was sent
  'invalid_response', // the response is not valid HTTP, or exceeds the sender's limits
] as const;

export type SendFailure = (typeof SEND_FAILURES)[number];

/** How an attempt failed without an answer; `unbuildable`: nothing was sent. */
export const ATTEMPT_FAILURES = [...SEND_FAILURES, 'unbuildable'] as const;

export type AttemptFailure = (typeof ATTEMPT_FAILURES)[number];

/** Durations of the phases of an attempt in milliseconds; absent where a phase did not happen (on a reused connection). */
export interface Timings {
  readonly dnsMs?: number;
  readonly connectMs?: number;
  readonly tlsMs?: number;
  readonly firstByteMs?: number;
  readonly totalMs: number;
}

/** The first part of a response body, as text; bytes that are not UTF-8 are replaced, NUL is dropped. */
export interface ResponseBody {
  readonly text: string;
  readonly truncated: boolean;
}

/** Status, headers and body of a response, as far as they were received. */
export interface ReceivedResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: ResponseBody;
}

interface Exchanged {
  readonly remoteAddress: string | undefined;
  readonly timings: Timings;
  /** What was unusual about the exchange, one sentence each, for people. Absent when nothing was. */
  readonly notes?: readonly string[];
}

/** The outcome of one HTTP request. Everything a receiver can do is one of these. */
export type SendOutcome =
  | ({ readonly kind: 'response' } & ReceivedResponse & Exchanged)
  | ({
      readonly kind: 'failure';
      readonly failure: SendFailure;
      readonly detail: string;
      /** Present when a complete final status line arrived after the whole request was written, before the failure. */
      readonly received?: ReceivedResponse;
    } & Exchanged);

/** This process ended the request because it is shutting down. It is not an attempt: no verdict, nothing is recorded. */
export type BrokenOff = { readonly kind: 'broken_off'; readonly received?: ReceivedResponse } & Exchanged;

/** The judgement of an attempt, which decides what happens to its delivery. */
export type Verdict =
  | { readonly kind: 'delivered' }
  | { readonly kind: 'retryable'; readonly reason: string; readonly retryAfterMs?: number }
  | { readonly kind: 'permanent'; readonly reason: string; readonly endpointGone: boolean };

/** One HTTP request, or one failure to build its body (`unbuildable`). */
export interface Attempt {
  readonly deliveryId: DeliveryId;
  readonly number: number;
  readonly startedAt: Date;
  readonly outcome: SendOutcome | UnbuildableOutcome;
  readonly verdict: Verdict['kind'];
  /** The request as sent, values of credentials blanked; undefined when nothing was sent. */
  readonly request: SentRequest | undefined;
}

/** Undefined when there was an answer. */
export function failureOf(outcome: Attempt['outcome']): AttemptFailure | undefined {
  if (outcome.kind === 'response') return undefined;
  return outcome.kind === 'failure' ? outcome.failure : 'unbuildable';
}

export interface UnbuildableOutcome {
  readonly kind: 'unbuildable';
  readonly reason: string;
  /** Present where the cause is one that explanations have words for. */
  readonly cause?: UnbuildableCause;
}

/** The vendor knows only some wallets, and the event has another. */
export interface UnbuildableCause {
  readonly kind: 'wallet';
  readonly known: readonly string[];
  readonly wallet: string;
}

export interface SentRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}
