import type { SendFailure } from '../domain/attempt.ts';
import { ConnectTimeout } from './connection-pool.ts';
import { NotDialled } from './guarded-lookup.ts';

/** How far an attempt got before it failed. */
export interface Progress {
  /** The TCP connection was established. */
  readonly connected: boolean;
  /** TLS was established too, for https: the request could be written. */
  readonly ready: boolean;
}

export interface Failure {
  readonly failure: SendFailure;
  /** One line of printable ASCII, for display. */
  readonly detail: string;
}

const MAX_DETAIL_LENGTH = 200;

/** Classifies an error thrown by got or Node, given the progress of the attempt. */
export function failureOf(error: unknown, progress: Progress): Failure {
  for (const cause of causes(error)) {
    if (cause instanceof NotDialled) return { failure: cause.failure, detail: singleLine(cause.message) };
    if (cause instanceof ConnectTimeout) return { failure: 'timeout', detail: cause.message };
  }
  const code = codeOf(error);
  const detail = singleLine(messageOf(error));
  return { failure: classify(code, progress), detail: detail.includes(code) ? detail : `${detail} (${code})` };
}

function classify(code: string, { connected, ready }: Progress): SendFailure {
  if (code.startsWith('HPE_')) return 'invalid_response';
  if (code === 'ETIMEDOUT' || code === 'ERR_SOCKET_CONNECTION_TIMEOUT') return 'timeout';
  if (!connected) return 'connect';
  // In TLS 1.3 a server reports a missing client certificate after the handshake.
  if (!ready || code.startsWith('ERR_SSL_') || code === 'EPROTO') return 'tls';
  return 'reset';
}

function* causes(error: unknown): Generator<Error> {
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++) yield at;
}

function codeOf(error: unknown): string {
  for (const cause of causes(error)) {
    if ('code' in cause && typeof cause.code === 'string' && !cause.code.startsWith('ERR_GOT_')) return cause.code;
  }
  return 'unknown';
}

/** The first non-empty message. An AggregateError (no address was reachable) has none itself, so its errors' are joined. */
function messageOf(error: unknown): string {
  for (const cause of causes(error)) {
    if (cause instanceof AggregateError) return cause.errors.map((each) => messageOf(each)).join('; ');
    if (cause.message !== '') return cause.message;
  }
  return String(error);
}

/** Messages about certificates and parse errors contain bytes from the receiver: only printable ASCII passes. */
function singleLine(text: string): string {
  return text.replace(/[^\x20-\x7e]+/g, ' ').slice(0, MAX_DETAIL_LENGTH);
}
