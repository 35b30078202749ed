import { performance } from 'node:perf_hooks';
import { LRUCache } from 'lru-cache';
import type { BrokenOff, OutgoingRequest, SendFailure, SendOutcome } from '../domain/attempt.ts';
import type { Sender } from '../ports/sending.ts';
import { createAddressGuard } from './address-guard.ts';
import { createConnectionPool, type PoolLimits } from './connection-pool.ts';
import { EndpointClient } from './endpoint-client.ts';
import { parseEndpointUrl } from './endpoint-url.ts';
import { Exchange } from './exchange.ts';
import { createGuardedLookup } from './guarded-lookup.ts';
import { requestHeaders } from './headers.ts';
import { createNameResolver } from './name-resolver.ts';
import type { UrlRules } from './url-check.ts';

export interface SenderOptions extends UrlRules, Partial<PoolLimits> {}

const DEFAULT_LIMITS: PoolLimits = {
  maxConnectionsPerOrigin: 128,
  maxIdleConnections: 512,
  idleMs: 4000,
  connectTimeoutMs: 10_000,
};

/** Endpoints whose prepared client is retained. */
const MAX_CLIENTS = 1024;

/**
 * Creates a sender with its own connections and DNS cache.
 *
 * `timeoutMs` bounds the whole send: the wait for a connection, name lookup, connect, first byte and body. Connecting also
 * has its own bound. received-bytes.ts, response-body.ts and headers.ts bound the bytes. Redirects are not followed and bodies
 * are not decompressed. A request is repeated only on a stale connection (exchange.ts), within the same send.
 *
 * `close` ends requests in flight as `broken_off` and closes every connection.
 *
 * @throws TypeError when an entry of `allowedNetworks` or `nameServers` is malformed
 */
export function createSender(options: SenderOptions): Sender & { close(): void } {
  const guard = createAddressGuard(options.allowedNetworks);
  const resolver = createNameResolver(options.nameServers);
  const { lookup } = createGuardedLookup(guard, resolver);
  const pool = createConnectionPool(guard, lookup, { ...DEFAULT_LIMITS, ...options });
  const clients = new LRUCache<string, EndpointClient>({ max: MAX_CLIENTS });
  const inFlight = new Set<Exchange>();
  let closed = false;

  function clientFor(url: string): EndpointClient | { readonly refused: string } {
    const known = clients.get(url);
    if (known) return known;
    const endpoint = parseEndpointUrl(url, options.allowHttp, guard);
    if (endpoint.kind === 'refused') return { refused: endpoint.detail };
    const client = new EndpointClient(endpoint.url, pool);
    clients.set(url, client);
    return client;
  }

  return {
    async send(request: OutgoingRequest): Promise<SendOutcome | BrokenOff> {
      const startedAt = performance.now();
      if (closed) return { kind: 'broken_off', ...NOT_SENT };
      const client = clientFor(request.url);
      if ('refused' in client) return notSent('forbidden_address', client.refused);
      const { method, timeoutMs } = request;
      // got writes a string body more slowly than a buffer.
      const body = Buffer.from(request.body, 'utf8');
      const head = requestHeaders(request.headers, { host: client.url.host, contentLengthBytes: body.length });
      if (head.kind === 'invalid') return notSent('connect', `the header ${JSON.stringify(head.name)} is invalid`);
      const prepared = { method, headers: head.headers, body };
      const exchange = new Exchange((start) => client.send(prepared, start), {
        startedAt,
        timeoutMs,
        secure: client.isSecure,
      });
      inFlight.add(exchange);
      try {
        return await exchange.outcome;
      } finally {
        inFlight.delete(exchange);
      }
    },
    close() {
      closed = true;
      for (const exchange of inFlight) exchange.abort();
      pool.close();
      resolver.close();
    },
  };
}

const NOT_SENT = { remoteAddress: undefined, timings: { totalMs: 0 } };

function notSent(failure: SendFailure, detail: string): SendOutcome {
  return { kind: 'failure', failure, detail, ...NOT_SENT };
}
