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

const TLS_REASONS: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'the certificate has expired',
  CERT_NOT_YET_VALID: 'the certificate is not valid yet',
  CERT_REVOKED: 'the certificate was revoked',
  CERT_UNTRUSTED: 'the certificate is not trusted',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'the certificate is self-signed',
  ERR_TLS_HANDSHAKE_TIMEOUT: 'the TLS handshake took too long',
  HOSTNAME_MISMATCH: 'the certificate is for another host name',
  INVALID_PURPOSE: 'the certificate is not meant for a server',
  SELF_SIGNED_CERT_IN_CHAIN: 'the certificate chain ends with a self-signed certificate that is not a public authority',
  UNABLE_TO_GET_ISSUER_CERT: 'the certificate chain is incomplete: an intermediate certificate is missing',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'the certificate is not signed by a public authority, or an intermediate is missing',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'the certificate is not signed by a public authority, or an intermediate is missing',
};

/** Classifies an error thrown by got or Node, given the progress of the attempt. */
export function failureOf(error: unknown, progress: Progress): Failure {
  for (const cause of causes(error)) {
    if (cause instanceof NotDialled) return { failure: cause.failure, detail: singleLine(cause.message) };
    if (cause instanceof ConnectTimeout) return { failure: 'timeout', detail: cause.message };
  }
  const code = codeOf(error);
  const failure = classify(code, progress);
  const detail = singleLine(failure === 'tls' ? tlsReason(code, messageOf(error)) : messageOf(error));
  return { failure, detail: detail.includes(code) ? detail : `${detail} (${code})` };
}

/** Node's messages for certificates advise on flags of Node, and OpenSSL's name its source files; tenants need neither. */
export function tlsReason(code: string, message: string): string {
  const known = TLS_REASONS[code];
  if (known !== undefined) return known;
  if (code === 'ECONNRESET' || code === 'EPIPE') return 'the connection closed during the TLS handshake';
  // "140...:error:0A000410:SSL routines:ssl3_read_bytes:ssl/tls alert handshake failure:../ssl/record/rec_layer_s3.c:916:..."
  const reason = /error:[0-9A-F]+:[^:]*:[^:]*:([^:]+)/i.exec(message)?.[1];
  return reason === undefined ? (message.split(';', 1)[0] ?? message) : `TLS failed: ${reason}`;
}

/** Errors by which a connection that the receiver has closed shows itself: reset, or ended before a response. */
const CLOSED_CODES = new Set(['ECONNRESET', 'EPIPE', 'ECONNABORTED']);

/** Whether the receiver's side ended the connection. Silence and malformed responses are no end. */
export function isConnectionEnd(error: unknown): boolean {
  return CLOSED_CODES.has(codeOf(error));
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
export function singleLine(text: string): string {
  return text.replace(/[^\x20-\x7e]+/g, ' ').slice(0, MAX_DETAIL_LENGTH);
}
