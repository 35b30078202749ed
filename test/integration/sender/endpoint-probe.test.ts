import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createEndpointProber } from '../../../src/sender/endpoint-probe.ts';
import { type Certificate, selfSigned } from './certificates.ts';
import { startDnsServer } from './dns-server.ts';
import { startRawServer } from './raw-server.ts';

const usual = getCACertificates('default');
let trusted: Certificate;
let stranger: Certificate;

beforeAll(() => {
  trusted = selfSigned('IP:127.0.0.1');
  stranger = selfSigned('DNS:other.test');
  setDefaultCACertificates([...usual, trusted.cert]);
});
afterAll(() => {
  setDefaultCACertificates(usual);
});

const prober = (nameServers?: readonly string[]) =>
  createEndpointProber({ allowHttp: true, allowedNetworks: ['127.0.0.1/32'], nameServers });

test('opens TLS, shows the certificate, and sends nothing', async () => {
  const server = await startRawServer({ tls: trusted });
  const probed = await prober().probe(server.url.toUpperCase().replace('/HOOK', '/hook'));
  expect(probed).toMatchObject({
    kind: 'reached',
    url: server.url,
    addresses: ['127.0.0.1'],
    connection: {
      kind: 'tls',
      protocol: 'TLSv1.3',
      problem: undefined,
      certificate: { subject: 'CN=test', issuer: 'CN=test', names: ['127.0.0.1'], validUntil: expect.any(Date) },
    },
  });
  expect(server.accepted).toBe(1);
  expect(server.requests).toEqual([]);
});

test('shows a certificate that would be refused, and why', async () => {
  const server = await startRawServer({ tls: stranger });
  expect(await prober().probe(server.url)).toMatchObject({
    kind: 'reached',
    connection: { kind: 'tls', problem: expect.stringMatching(/self-signed/), certificate: { names: ['other.test'] } },
  });
});

test('a name that the certificate is not for', async () => {
  const server = await startRawServer({ tls: trusted });
  const probed = await prober().probe(server.url.replace('127.0.0.1', 'localhost'));
  expect(probed).toMatchObject({ connection: { kind: 'tls', problem: 'the certificate is for another host name' } });
});

test('a receiver that accepts and then is silent', async () => {
  const server = await startRawServer({});
  const probed = await prober().probe(server.url.replace('http:', 'https:'));
  expect(probed).toMatchObject({ kind: 'reached', connection: { kind: 'failed', failure: 'timeout' } });
}, 30_000);

test('http is opened without TLS; a port that nobody listens at fails', async () => {
  const server = await startRawServer({});
  expect(await prober().probe(server.url)).toMatchObject({ connection: { kind: 'plain' } });
  expect(await prober().probe('http://127.0.0.1:9/hook')).toMatchObject({
    connection: { kind: 'failed', failure: 'connect' },
  });
});

test('the guard of the sender decides: no connection is opened to what it refuses', async () => {
  const forbidden = await startRawServer({ host: '127.0.0.2' });
  const names = await startDnsServer({
    'private.test': { addresses: ['127.0.0.2'] },
    'mixed.test': { addresses: ['127.0.0.2', '127.0.0.1'] },
  });
  const { probe } = prober([names.address]);
  const port = forbidden.port;
  expect(await probe(`http://127.0.0.2:${port}/`)).toMatchObject({
    kind: 'refused',
    detail: 'the address 127.0.0.2 is not public',
  });
  expect(await probe(`http://private.test:${port}/`)).toMatchObject({
    kind: 'refused',
    detail: 'private.test resolves to no public address',
  });
  expect(await probe(`http://mixed.test:${port}/`)).toMatchObject({ kind: 'reached', addresses: ['127.0.0.1'] });
  expect(await probe('http://nowhere.test/')).toMatchObject({ kind: 'unresolvable' });
  expect(await probe('ftp://127.0.0.1/')).toMatchObject({ kind: 'refused', detail: 'the URL must be https' });
  expect(forbidden.accepted).toBe(0);
});
