import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Certificate, selfSigned } from './certificates.ts';
import { answerOf, startRawServer } from './raw-server.ts';
import { requestTo, send, startSender } from './test-sender.ts';

const usual = getCACertificates('default');
let trusted: Certificate;
let stranger: Certificate;

beforeAll(() => {
  trusted = selfSigned('IP:127.0.0.1');
  stranger = selfSigned('IP:127.0.0.1');
  setDefaultCACertificates([...usual, trusted.cert]);
});
afterAll(() => {
  setDefaultCACertificates(usual);
});

const answer = (socket: { write(text: string): unknown }) => void socket.write(answerOf('200 OK', 'ok'));

describe('sending by https', () => {
  it('reports how long TLS took, and reuses the connection', async () => {
    const server = await startRawServer({ tls: trusted, answer });
    const sender = startSender({ allowHttp: false });
    const first = await sender.send(requestTo(server.url));
    const second = await sender.send(requestTo(server.url));
    expect(first).toMatchObject({ kind: 'response', status: 200, body: { text: 'ok' }, remoteAddress: '127.0.0.1' });
    expect(first.timings).toMatchObject({ connectMs: expect.any(Number), tlsMs: expect.any(Number) });
    expect(second.timings).toEqual({ firstByteMs: expect.any(Number), totalMs: expect.any(Number) });
    expect(server.accepted).toBe(1);
  });

  it('refuses a certificate without a trusted issuer', async () => {
    const server = await startRawServer({ tls: stranger, answer });
    const outcome = await send(server.url);
    expect(outcome).toMatchObject({ kind: 'failure', failure: 'tls', remoteAddress: '127.0.0.1' });
    if (outcome.kind === 'failure') expect(outcome.detail).toMatch(/self-signed|SELF_SIGNED/);
    expect(server.requests).toHaveLength(0);
  });

  it('refuses a certificate of another name', async () => {
    const server = await startRawServer({ tls: trusted, answer });
    const outcome = await send(server.url.replace('127.0.0.1', 'localhost'));
    expect(outcome).toMatchObject({ kind: 'failure', failure: 'tls' });
    expect(server.requests).toHaveLength(0);
  });

  it('refuses old versions of TLS', async () => {
    const tls = { ...trusted, minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
    const server = await startRawServer({ tls, answer });
    expect(await send(server.url)).toMatchObject({ kind: 'failure', failure: 'tls' });
  });

  it.each(['TLSv1.2', 'TLSv1.3'] as const)('fails when the receiver wants a certificate of ours (%s)', async (version) => {
    const tls = { ...trusted, minVersion: version, maxVersion: version, requestCert: true, rejectUnauthorized: true };
    const server = await startRawServer({ tls, answer });
    const outcome = await send(server.url);
    expect(outcome).toMatchObject({ kind: 'failure', failure: expect.stringMatching(/^(tls|reset)$/) });
    expect(server.requests).toHaveLength(0);
  });

  it.each([
    ['speaks plain HTTP', answerOf('400 Bad Request')],
    ['speaks something else', 'hello\r\n'],
  ])('fails when the receiver %s', async (_, bytes) => {
    const server = await startRawServer({ accept: (socket) => socket.write(bytes) });
    expect(await send(server.url.replace('http:', 'https:'))).toMatchObject({ kind: 'failure', failure: 'tls' });
  });

  it.each([
    ['closes', (socket: { end(): unknown }) => void socket.end()],
    ['resets', (socket: { resetAndDestroy(): unknown }) => void socket.resetAndDestroy()],
  ])('fails when the receiver %s during the handshake', async (_, behave) => {
    const server = await startRawServer({ accept: (socket) => setTimeout(behave, 50, socket) });
    expect(await send(server.url.replace('http:', 'https:'))).toMatchObject({ kind: 'failure', failure: 'tls' });
  });
});
