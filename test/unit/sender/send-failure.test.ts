import { describe, expect, it } from 'vitest';
import { ConnectTimeout } from '../../../src/sender/connection-pool.ts';
import { NotDialled } from '../../../src/sender/guarded-lookup.ts';
import { failureOf } from '../../../src/sender/send-failure.ts';

const NOTHING = { connected: false, ready: false };
const TCP = { connected: true, ready: false };
const READY = { connected: true, ready: true };

function coded(code: string, message = `something ${code}`): Error {
  return Object.assign(new Error(message), { code });
}

describe('failureOf', () => {
  it.each([
    ['ECONNREFUSED', NOTHING, 'connect'],
    ['ECONNRESET', NOTHING, 'connect'],
    ['EHOSTUNREACH', NOTHING, 'connect'],
    ['ENETUNREACH', NOTHING, 'connect'],
    ['ETIMEDOUT', NOTHING, 'timeout'],
    ['ERR_SOCKET_CONNECTION_TIMEOUT', NOTHING, 'timeout'],
    ['ECONNRESET', TCP, 'tls'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', TCP, 'tls'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', TCP, 'tls'],
    ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', READY, 'tls'],
    ['ECONNRESET', READY, 'reset'],
    ['EPIPE', READY, 'reset'],
    ['HPE_INVALID_CONSTANT', READY, 'invalid_response'],
    ['HPE_HEADER_OVERFLOW', READY, 'invalid_response'],
  ] as const)('%s at %o is %s', (code, progress, failure) => {
    expect(failureOf(coded(code), progress)).toEqual({ failure, detail: expect.stringContaining(code) });
    const wrapped = new Error(`something ${code}`, { cause: coded(code) });
    expect(failureOf(wrapped, progress).failure).toBe(failure);
  });

  it.each([
    [
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
      'unable to verify the first certificate; if the root CA is installed locally, try running Node.js with --use-system-ca',
      'the certificate is not signed by a public authority, or an intermediate is missing (UNABLE_TO_VERIFY_LEAF_SIGNATURE)',
    ],
    [
      'DEPTH_ZERO_SELF_SIGNED_CERT',
      'self-signed certificate; if the root CA is installed locally, try running Node.js with --use-system-ca',
      'the certificate is self-signed (DEPTH_ZERO_SELF_SIGNED_CERT)',
    ],
    ['CERT_UNHEARD_OF', 'something; try running Node.js with --a-flag', 'something (CERT_UNHEARD_OF)'],
    ['ECONNRESET', 'read ECONNRESET', 'the connection closed during the TLS handshake (ECONNRESET)'],
    [
      'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION',
      '80:error:0A00042E:SSL routines:ssl3_read_bytes:tlsv1 alert protocol version:../ssl/record/rec_layer_s3.c:916:SSL alert\n',
      'TLS failed: tlsv1 alert protocol version (ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION)',
    ],
    [
      'ERR_TLS_CERT_ALTNAME_INVALID',
      "Hostname/IP does not match certificate's altnames: Host: a.example. is not in the cert's altnames: DNS:b.example",
      "Hostname/IP does not match certificate's altnames: Host: a.example. is not in the cert's altnames: DNS:b.example (ERR_TLS_CERT_ALTNAME_INVALID)",
    ],
  ])('explains %s to a tenant, without advice about Node', (code, message, detail) => {
    expect(failureOf(coded(code, message), TCP)).toEqual({ failure: 'tls', detail });
  });

  it('finds connections that were never dialled', () => {
    const error = new Error('outer', { cause: new NotDialled('dns', 'a.example does not resolve (ENOTFOUND)') });
    expect(failureOf(error, NOTHING)).toEqual({ failure: 'dns', detail: 'a.example does not resolve (ENOTFOUND)' });
  });

  it('finds a connection that took too long', () => {
    const error = new Error('outer', { cause: new ConnectTimeout(100) });
    expect(failureOf(error, NOTHING)).toEqual({ failure: 'timeout', detail: 'no connection within 100 ms' });
  });

  it('names every unreachable address', () => {
    const both = new AggregateError([coded('ECONNREFUSED', 'connect ECONNREFUSED ::1'), coded('ENETUNREACH', 'b')]);
    expect(failureOf(Object.assign(both, { code: 'ECONNREFUSED' }), NOTHING)).toEqual({
      failure: 'connect',
      detail: 'connect ECONNREFUSED ::1; b',
    });
  });

  it('keeps the detail on one short line', () => {
    const { detail } = failureOf(coded('ERR_X', `a\r\nb\0${'c'.repeat(1000)}`), READY);
    expect(detail).toMatch(/^a b c+/);
    expect(detail.length).toBeLessThan(220);
  });

  it('survives non-errors', () => {
    expect(failureOf('text', READY)).toEqual({ failure: 'reset', detail: 'text (unknown)' });
  });
});
