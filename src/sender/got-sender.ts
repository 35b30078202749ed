import { performance } from 'node:perf_hooks';
import got, { type Got } from 'got';
import packageJson from '../../package.json' with { type: 'json' };
import type { OutgoingRequest, SendFailure, SendOutcome } from '../domain/attempt.ts';
import type { Sender } from '../ports/sending.ts';
import { createAddressGuard } from './address-guard.ts';
import { type ConnectionPool, createConnectionPool, type PoolLimits } from './connection-pool.ts';
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

const MAX_RESPONSE_HEADER_BYTES = 16 * 1024;

/**
 * A sender with connections and answers of name servers of its own; nothing is shared by the process.
 *
 * A send is bounded in time by `timeoutMs` from the call on (waiting for a connection, name lookup, connect, first byte and
 * body are parts of it; connecting has a bound of its own too), and in bytes by response-body.ts and headers.ts. Redirects
 * are not followed, nothing is tried twice, nothing is decompressed.
 *
 * `close` ends what is under way as `aborted` and closes every connection.
 *
 * @throws TypeError when a network or name server is not one
 */
export function createSender(options: SenderOptions): Sender & { close(): void } {
  const guard = createAddressGuard(options.allowedNetworks);
  const resolver = createNameResolver(options.nameServers);
  const { lookup } = createGuardedLookup(guard, resolver);
  const pool = createConnectionPool(guard, lookup, { ...DEFAULT_LIMITS, ...options });
  const client = createClient(pool);
  const underWay = new Set<Exchange>();
  let closed = false;
  return {
    async send(request: OutgoingRequest): Promise<SendOutcome> {
      const startedAt = performance.now();
      if (closed) return notSent('aborted', 'this process was told to stop');
      const endpoint = parseEndpointUrl(request.url, options.allowHttp, guard);
      if (endpoint.kind === 'refused') return notSent('forbidden_address', endpoint.detail);
      // got would write a text in a slower way.
      const body = Buffer.from(request.body, 'utf8');
      const fields = requestHeaders(request.headers, body.length);
      if (fields.kind === 'unfit') return notSent('connect', `the header ${JSON.stringify(fields.name)} cannot be sent`);
      const stream = client.stream(endpoint.url, { method: request.method, headers: fields.headers });
      const secure = endpoint.url.protocol === 'https:';
      const exchange = new Exchange(stream, { startedAt, timeoutMs: request.timeoutMs, secure });
      stream.end(body);
      underWay.add(exchange);
      try {
        return await exchange.outcome;
      } finally {
        underWay.delete(exchange);
      }
    },
    close() {
      closed = true;
      for (const exchange of underWay) exchange.abort();
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
