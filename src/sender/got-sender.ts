import { performance } from 'node:perf_hooks';
import got, { type Got } from 'got';
import packageJson from '../../package.json' with { type: 'json' };
import type { OutgoingRequest, SendFailure, SendOutcome } from '../domain/attempt.ts';
import type { Sender } from '../ports/sending.ts';
import { createAddressGuard } from './address-guard.ts';
import { type ConnectionPool, createConnectionPool, type PoolLimits } from './connection-pool.ts';
import { parseEndpointUrl } from './endpoint-url.ts';
import { Exchange, SHUTTING_DOWN } from './exchange.ts';
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

const MAX_RESPONSE_HEADER_BYTES = 16 * 1024;

/**
 * Creates a sender with its own connections and DNS cache.
 *
 * `timeoutMs` bounds the whole send: the wait for a connection, name lookup, connect, first byte and body. Connecting also
 * has its own bound. response-body.ts and headers.ts bound the bytes. Redirects are not followed, requests are not retried,
 * and bodies are not decompressed.
 *
 * `close` ends requests in flight as `aborted` and closes every connection.
 *
 * @throws TypeError when an entry of `allowedNetworks` or `nameServers` is malformed
 */
export function createSender(options: SenderOptions): Sender & { close(): void } {
  const guard = createAddressGuard(options.allowedNetworks);
  const resolver = createNameResolver(options.nameServers);
  const { lookup } = createGuardedLookup(guard, resolver);
  const pool = createConnectionPool(guard, lookup, { ...DEFAULT_LIMITS, ...options });
  const client = createClient(pool);
  const inFlight = new Set<Exchange>();
  let closed = false;
  return {
    async send(request: OutgoingRequest): Promise<SendOutcome> {
      const startedAt = performance.now();
      if (closed) return notSent('aborted', SHUTTING_DOWN);
      const endpoint = parseEndpointUrl(request.url, options.allowHttp, guard);
      if (endpoint.kind === 'refused') return notSent('forbidden_address', endpoint.detail);
      // got writes a string body more slowly than a buffer.
      const body = Buffer.from(request.body, 'utf8');
      const result = requestHeaders(request.headers, body.length);
      if (result.kind === 'invalid') return notSent('connect', `the header ${JSON.stringify(result.name)} is invalid`);
      const stream = client.stream(endpoint.url, { method: request.method, headers: result.headers });
      const secure = endpoint.url.protocol === 'https:';
      const exchange = new Exchange(stream, { startedAt, timeoutMs: request.timeoutMs, secure });
      stream.end(body);
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

function createClient({ http, https }: ConnectionPool): Got {
  return got.extend({
    agent: { http, https },
    decompress: false,
    followRedirect: false,
    headers: { 'user-agent': `Passwire/${packageJson.version}` },
    http2: false,
    maxHeaderSize: MAX_RESPONSE_HEADER_BYTES,
    retry: { limit: 0 },
    throwHttpErrors: false,
  });
}

function notSent(failure: SendFailure, detail: string): SendOutcome {
  return { kind: 'failure', failure, detail, remoteAddress: undefined, timings: { totalMs: 0 } };
}
