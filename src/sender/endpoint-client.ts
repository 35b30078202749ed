import http, { type ClientRequest } from 'node:http';
import https from 'node:https';
import got, { Options, type Request } from 'got';
import type { OutgoingRequest } from '../domain/attempt.ts';
import type { ConnectionPool } from './connection-pool.ts';
import type { RequestStart } from './exchange.ts';

/** One request of an endpoint, ready to be sent. */
export interface PreparedRequest extends Pick<OutgoingRequest, 'method'> {
  /** Names and values in turn; with `Host` and `content-length`. */
  readonly headers: readonly string[];
  readonly body: Buffer;
}

/**
 * The largest head of a response. Above Node's default of 16 KiB: some receivers send long cookies and policies, and what
 * they answer should count.
 */
const MAX_RESPONSE_HEADER_BYTES = 64 * 1024;

/**
 * Sends requests to one URL with got. got's options are the same for every request, so they are merged and checked once; got
 * clones them for each request. Node gets options of its own: it and the agent copy them several times, and got's are large.
 * As pairs in an array, headers are sent in the case they are written in.
 */
export class EndpointClient {
  readonly url: URL;
  readonly isSecure: boolean;
  readonly #pool: ConnectionPool;
  readonly #options: Options;
  readonly #native: http.RequestOptions;

  constructor(url: URL, pool: ConnectionPool) {
    this.url = url;
    this.isSecure = url.protocol === 'https:';
    this.#pool = pool;
    this.#options = new Options(url, {
      decompress: false,
      followRedirect: false,
      http2: false,
      retry: { limit: 0 },
      throwHttpErrors: false,
    });
    this.#options.isStream = true;
    const host = url.hostname.startsWith('[') ? url.hostname.slice(1, -1) : url.hostname;
    const path = `${url.pathname}${url.search}`;
    this.#native = { host, port: url.port, path, maxHeaderSize: MAX_RESPONSE_HEADER_BYTES };
  }

  send({ method, headers, body }: PreparedRequest, { onNewConnection, onRequest }: RequestStart): Request {
    this.#options.method = method;
    this.#options.request = () => {
      const request = this.#request({ ...this.#native, method, headers, agent: this.#agent(onNewConnection) });
      onRequest(request);
      return request;
    };
    // Typed as a promise; `isStream` makes it a stream.
    const stream = got(undefined, undefined, this.#options) as unknown as Request;
    stream.end(body);
    return stream;
  }

  #request(options: http.RequestOptions): ClientRequest {
    return this.isSecure ? https.request(options) : http.request(options);
  }

  #agent(onNewConnection: boolean): http.Agent {
    const { http, https } = onNewConnection ? this.#pool.fresh : this.#pool;
    return this.isSecure ? https : http;
  }
}
