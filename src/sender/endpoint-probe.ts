import net from 'node:net';
import tls from 'node:tls';
import pTimeout from 'p-timeout';
import { endpointAddress } from '../domain/endpoint-address.ts';
import type { EndpointProber, OpenedConnection, ShownCertificate } from '../ports/sending.ts';
import { createAddressGuard } from './address-guard.ts';
import { parseEndpointUrl } from './endpoint-url.ts';
import { createGuardedLookup, type GuardedLookup } from './guarded-lookup.ts';
import { createNameResolver } from './name-resolver.ts';
import { failureOf, singleLine, tlsReason } from './send-failure.ts';
import type { UrlRules } from './url-check.ts';

/** For the whole of it: name, connection and TLS. */
const PROBE_TIMEOUT_MS = 5000;
const MAX_NAMES = 20;
/** Its message, which names the names, is not at hand where only the code is. */
const WRONG_NAME = 'ERR_TLS_CERT_ALTNAME_INVALID';

/** Looks at where a URL leads, by the rules of the sender: opens a connection and TLS, and sends no request. */
export function createEndpointProber({ allowHttp, allowedNetworks, nameServers }: UrlRules): EndpointProber {
  const guard = createAddressGuard(allowedNetworks);
  const names = createGuardedLookup(guard, createNameResolver(nameServers));
  return {
    async probe(text) {
      const endpoint = parseEndpointUrl(text, allowHttp, guard);
      if (endpoint.kind === 'refused') return { kind: 'refused', url: endpointAddress(text), detail: endpoint.detail };
      const { url, host } = endpoint;
      const startedAtMs = performance.now();
      const found = host.kind === 'address' ? addressOf(host.value) : await resolved(names, host.value);
      if (found.kind !== 'addresses') return { ...found, url: url.href };
      const leftMs = PROBE_TIMEOUT_MS - (performance.now() - startedAtMs);
      return {
        kind: 'reached',
        url: url.href,
        addresses: found.addresses,
        connection: await open(url, host.value, names, leftMs),
      };
    },
  };
}

function addressOf(address: string) {
  return { kind: 'addresses', addresses: [address] } as const;
}

type Unreached = { readonly kind: 'refused' | 'unresolvable'; readonly detail: string };

async function resolved(
  names: GuardedLookup,
  name: string,
): Promise<Unreached | { readonly kind: 'addresses'; readonly addresses: readonly string[] }> {
  const tooLate = { kind: 'failed', detail: `${name} does not resolve in time` } as const;
  const found = await pTimeout(names.resolve(name), { milliseconds: PROBE_TIMEOUT_MS, fallback: () => tooLate });
  if (found.kind === 'addresses') return found;
  return { kind: found.kind === 'forbidden' ? 'refused' : 'unresolvable', detail: found.detail };
}

/** Never rejects. An untrusted certificate is read too, since it is what has to be shown. */
function open(url: URL, host: string, { lookup }: GuardedLookup, withinMs: number): Promise<OpenedConnection> {
  const isSecure = url.protocol === 'https:';
  const port = Number(url.port || (isSecure ? 443 : 80));
  const servername = net.isIP(host) === 0 ? { servername: host } : {};
  return new Promise((resolve) => {
    let connected = false;
    const socket = isSecure
      ? tls.connect({ host, port, lookup, ...servername, rejectUnauthorized: false })
      : net.connect({ host, port, lookup });
    const end = (connection: OpenedConnection): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(connection);
    };
    const timer = setTimeout(
      () =>
        end({
          kind: 'failed',
          failure: 'timeout',
          detail: `no ${connected ? 'TLS' : 'connection'} within ${PROBE_TIMEOUT_MS} ms`,
        }),
      Math.max(0, withinMs),
    );
    socket.on('error', (error) => end({ kind: 'failed', ...failureOf(error, { connected, ready: false }) }));
    socket.on('close', () =>
      end({ kind: 'failed', failure: connected ? 'tls' : 'connect', detail: 'the connection was closed' }),
    );
    socket.on('connect', () => {
      connected = true;
      if (!isSecure) end({ kind: 'plain' });
    });
    if (socket instanceof tls.TLSSocket) socket.on('secureConnect', () => end(tlsConnection(socket)));
  });
}

function tlsConnection(socket: tls.TLSSocket): OpenedConnection {
  const certificate = certificateOf(socket.getPeerX509Certificate());
  const protocol = socket.getProtocol() ?? 'TLS';
  if (socket.authorized) return { kind: 'tls', protocol, certificate, problem: undefined };
  // typed as an error; it is the error's code
  const code = String(socket.authorizationError);
  const problem = code === WRONG_NAME ? 'the certificate is for another host name' : singleLine(tlsReason(code, code));
  return { kind: 'tls', protocol, certificate, problem };
}

function certificateOf(peer: ReturnType<tls.TLSSocket['getPeerX509Certificate']>): ShownCertificate | undefined {
  if (!peer) return undefined;
  const names = (peer.subjectAltName ?? '').split(', ').filter((name) => name !== '');
  return {
    subject: singleLine(peer.subject?.replaceAll('\n', ', ') ?? ''),
    issuer: singleLine(peer.issuer?.replaceAll('\n', ', ') ?? ''),
    names: names.slice(0, MAX_NAMES).map((name) => singleLine(name.replace(/^(DNS|IP Address):/, ''))),
    validFrom: new Date(peer.validFrom),
    validUntil: new Date(peer.validTo),
  };
}
