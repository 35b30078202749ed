import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { serve } from '../../test/support/calls.ts';
import { monotonicMs } from '../rig/clock.ts';
import { numberIn } from '../rig/event.ts';

// The receiver of all endpoints. Each endpoint is a port of its own, since connections are pooled by origin.

const LOOK_AGAIN_MS = 2;

interface Recording {
  readonly run: string;
  readonly ports: ReadonlySet<number>;
  /** By the number of the event. */
  readonly arrivals: Map<number, number>;
}

const counts = new Map<number, number>();
let lastAtMs = 0;
let recording: Recording | undefined;
let sample: { readonly headers: IncomingHttpHeaders; readonly body: string } | undefined;

function listen(answer: (port: number, request: IncomingMessage, response: ServerResponse) => void): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer({ keepAliveTimeout: 60_000, requestTimeout: 0 });
    server.once('error', reject);
    server.listen({ port: 0, host: '127.0.0.1', backlog: 1024 }, () => {
      const { port } = server.address() as AddressInfo;
      counts.set(port, 0);
      server.on('request', (request, response) => answer(port, request, response));
      resolve(port);
    });
  });
}

function answerAtOnce(port: number, request: IncomingMessage, response: ServerResponse): void {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    lastAtMs = monotonicMs();
    counts.set(port, (counts.get(port) ?? 0) + 1);
    if (!sample || recording?.ports.has(port)) look(port, request, Buffer.concat(chunks).toString());
    response.end();
  });
}

function look(port: number, request: IncomingMessage, body: string): void {
  sample ??= { headers: request.headers, body };
  if (!recording?.ports.has(port)) return;
  const number = numberIn(body, recording.run);
  // a repeated delivery does not count again
  if (number !== undefined && !recording.arrivals.has(number)) recording.arrivals.set(number, lastAtMs);
}

function neverAnswer(port: number, request: IncomingMessage): void {
  request.resume();
  request.on('end', () => counts.set(port, (counts.get(port) ?? 0) + 1));
}

function received({ ports }: { readonly ports: readonly number[] }): number {
  return ports.reduce((sum, port) => sum + (counts.get(port) ?? 0), 0);
}

const commands = {
  listen: ({ endpoints }: { readonly endpoints: number }): Promise<number[]> =>
    Promise.all(Array.from({ length: endpoints }, () => listen(answerAtOnce))),
  listenAndHang: ({ endpoints }: { readonly endpoints: number }): Promise<number[]> =>
    Promise.all(Array.from({ length: endpoints }, () => listen(neverAnswer))),
  received,
  /** Waits until the ports have got `total`; returns how many they received and when the last one came. */
  async waitFor(wanted: { readonly ports: readonly number[]; readonly total: number; readonly withinMs: number }) {
    const giveUpAtMs = monotonicMs() + wanted.withinMs;
    while (received(wanted) < wanted.total && monotonicMs() < giveUpAtMs) await sleep(LOOK_AGAIN_MS);
    return { received: received(wanted), lastAtMs };
  },
  /** From now on notes when each event of `run` arrives first. */
  record({ run, ports }: { readonly run: string; readonly ports: readonly number[] }): void {
    recording = { run, ports: new Set(ports), arrivals: new Map() };
  },
  /** Waits until `total` different events of the run have come; their instants by number, null for what did not. */
  async arrivals({ total, withinMs }: { readonly total: number; readonly withinMs: number }) {
    const giveUpAtMs = monotonicMs() + withinMs;
    const noted = recording?.arrivals ?? new Map<number, number>();
    while (noted.size < total && monotonicMs() < giveUpAtMs) await sleep(10 * LOOK_AGAIN_MS);
    recording = undefined;
    const arrivals = Array.from({ length: total }, (_, number) => noted.get(number) ?? null);
    return { arrivals, endedAtMs: monotonicMs() };
  },
  /** The first request it got. */
  sample: () => sample,
};

export type SinkCommands = typeof commands;
serve(commands);
