import type { CalledProcess } from '../../test/support/called-process.ts';
import type { EventLoopCommands } from '../preload/event-loop.ts';
import { type DearRequest, dearRequests } from '../rig/dear-requests.ts';
import { atMost, type PartResult } from '../rig/figures.ts';
import { type FullTenant, makeFullTenant } from '../rig/full-tenant.ts';
import { Installation } from '../rig/installation.ts';
import type { Rig } from '../rig/rig.ts';

const PRELOAD = 'bench/preload/event-loop.ts';
const LIMIT_MS = 300;
/** A request that changes something is dear only once, another also when code is cold: the worst counts. */
const ROUNDS = 3;

interface Seen {
  readonly request: string;
  readonly statuses: readonly number[];
  /** Of the responses. */
  readonly bytes: readonly number[];
  readonly values: readonly number[];
}

/** The longest stretch that the dearest request of each route holds up the API's event loop for. */
export async function requests(rig: Rig): Promise<PartResult> {
  const installation = await Installation.start(rig, { workers: 0, apiPreload: PRELOAD });
  const api = installation.api as CalledProcess<EventLoopCommands>;
  const tenant = await makeFullTenant(installation);
  const seen: (readonly [route: string, requests: readonly Seen[]])[] = [];
  for (const [route, dear] of dearRequests(tenant)) {
    const measured: Seen[] = [];
    for (const request of dear)
      measured.push(await measure(api, () => send(installation.url, tenant, request), request.name));
    seen.push([route, measured.toSorted((a, b) => worst(b) - worst(a))]);
  }
  await installation.end();
  return {
    figures: seen.flatMap(([route, [dearest]]) =>
      dearest ? [atMost(`${route}: ${dearest.request}`, 'ms', [worst(dearest)], LIMIT_MS)] : [],
    ),
    notes: [
      "the longest stretch of the API's event loop, in processor time of its thread; of each route the dearest request",
    ],
    detail: Object.fromEntries(seen),
  };
}

async function measure(api: CalledProcess<EventLoopCommands>, send: () => Promise<Sent>, request: string): Promise<Seen> {
  const statuses: number[] = [];
  const bytes: number[] = [];
  const values: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    await api.call('reset');
    const response = await send();
    statuses.push(response.status);
    bytes.push(response.bytes);
    values.push(await api.call('longestMs'));
  }
  return { request, statuses, bytes, values };
}

function worst({ values }: Seen): number {
  return Math.max(...values);
}

interface Sent {
  readonly status: number;
  readonly bytes: number;
}

async function send(url: string, { key, ids }: FullTenant, { method, path, body, headers }: DearRequest): Promise<Sent> {
  const response = await fetch(`${url}${path}${path.includes('?') ? '&' : '?'}tenantId=${ids.tenant}`, {
    method,
    headers: { authorization: `Bearer ${key}`, ...(body && { 'content-type': 'application/json' }), ...headers },
    ...(body && { body: typeof body === 'string' ? body : new Uint8Array(body) }),
  });
  return { status: response.status, bytes: (await response.arrayBuffer()).byteLength };
}
