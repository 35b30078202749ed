import type { SendFailure } from '../domain/attempt.ts';
import { ConnectTimeout } from './connection-pool.ts';
import { NotDialled } from './guarded-lookup.ts';

/** How far a try had come when it failed. */
export interface Progress {
  /** A TCP connection stood. */
  readonly connected: boolean;
  /** So did TLS, where the URL wants it: the request could be written. */
  readonly ready: boolean;
}

export interface Failure {
  readonly failure: SendFailure;
  /** One line for people. */
  readonly detail: string;
}

const MAX_DETAIL_LENGTH = 200;

/** Names a failure by what got and Node threw and by how far the try had come. */
export function failureOf(error: unknown, progress: Progress): Failure {
  for (const cause of causes(error)) {
    if (cause instanceof NotDialled) return { failure: cause.failure, detail: line(cause.message) };
    if (cause instanceof ConnectTimeout) return { failure: 'timeout', detail: cause.message };
  }
  const code = codeOf(error);
  const detail = line(messageOf(error));
  return { failure: failureWord(code, progress), detail: detail.includes(code) ? detail : `${detail} (${code})` };
}

function failureWord(code: string, { connected, ready }: Progress): SendFailure {
  if (code.startsWith('HPE_')) return 'invalid_response';
  if (code === 'ETIMEDOUT' || code === 'ERR_SOCKET_CONNECTION_TIMEOUT') return 'timeout';
  if (!connected) return 'connect';
  // A server that wants a client's certificate says so after the handshake (TLS 1.3).
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

/** The message of the first error that has one: an AggregateError (no address could be reached) has none of its own. */
function messageOf(error: unknown): string {
  for (const cause of causes(error)) {
    if (cause instanceof AggregateError) return cause.errors.map((each) => messageOf(each)).join('; ');
    if (cause.message !== '') return cause.message;
  }
  return String(error);
}

/** Certificates and parsers put the receiver's bytes into messages. */
function line(text: string): string {
  return text.replace(/[^\x20-\x7e]+/g, ' ').slice(0, MAX_DETAIL_LENGTH);
}
