import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Readiness } from '../domain/readiness.ts';
import type { RenderedMetrics } from '../ports/metrics.ts';

export interface StatusSources {
  readonly readiness: () => Promise<Readiness>;
  readonly metrics: () => Promise<RenderedMetrics>;
}

/** Serves `/healthz`, `/readyz` and `/metrics` of a process that has no other HTTP server. */
export class StatusServer {
  readonly #server: Server;

  constructor(sources: StatusSources) {
    this.#server = createServer((request, response) => {
      response.setHeader('cache-control', 'no-store');
      answer(sources, request.url ?? '', response).catch(() => response.writeHead(500).end());
    });
  }

  /** @throws Error when the address is taken */
  async listen(host: string, port: number): Promise<AddressInfo> {
    this.#server.listen(port, host);
    await once(this.#server, 'listening');
    this.#server.on('error', () => {}); // a client's trouble
    return this.#server.address() as AddressInfo;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}

async function answer({ readiness, metrics }: StatusSources, url: string, response: ServerResponse): Promise<void> {
  const [path] = url.split('?');
  if (path === '/healthz') return json(response, 200, { status: 'ok' });
  if (path === '/readyz') {
    const state = await readiness();
    return json(response, state.status === 'unavailable' ? 503 : 200, state);
  }
  if (path === '/metrics') {
    const { contentType, text } = await metrics();
    response.writeHead(200, { 'content-type': contentType }).end(text);
    return;
  }
  json(response, 404, { status: 'not found' });
}

function json(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(body));
}
