import type { CalledProcess } from '../../test/support/called-process.ts';
import type { EventLoopCommands } from '../preload/event-loop.ts';
import { type DearRequest, dearRequests } from '../rig/dear-requests.ts';
import { atMost, type PartResult } from '../rig/figures.ts';
import { makeFullTenant } from '../rig/full-tenant.ts';
import { Installation } from '../rig/installation.ts';
import type { Rig } from '../rig/rig.ts';

const PRELOAD = 'bench/preload/event-loop.ts';
const LIMIT_MS = 300;
const ROUNDS = 3;

/** The longest stretch that the dearest request of each route holds up the API's event loop for. */
export async function requests(rig: Rig): Promise<PartResult> {
  const installation = await Installation.start(rig, { workers: 0, apiPreload: PRELOAD });
  const api = installation.api as CalledProcess<EventLoopCommands>;
  const tenant = await makeFullTenant(installation);
  const send = (request: DearRequest) => sendTo(installation.url, tenant.key, tenant.ids.tenant ?? '', request);
  const figures = [];
  const seen: {
    readonly route: string;
    readonly request: string;
    readonly ms: number;
    readonly statuses: readonly number[];
  }[] = [];
  for (const [route, dear] of dearRequests(tenant)) {
    let worst: { readonly name: string; readonly values: readonly number[] } | undefined;
    for (const request of dear) {
      const values: number[] = [];
      const statuses: number[] = [];
      for (let round = 0; round < ROUNDS; round++) {
        await api.call('reset');
        statuses.push(await send(request));
        values.push(await api.call('longestMs'));
      }
      const ms = Math.min(...values); // the others were lengthened by whatever else the machine did
      seen.push({ route, request: request.name, ms, statuses });
      if (!worst || ms > Math.min(...worst.values)) worst = { name: request.name, values: [ms] };
    }
    if (worst) figures.push(atMost(`${route}: ${worst.name}`, 'ms', worst.values, LIMIT_MS));
  }
  await installation.end();
  return {
    figures,
    notes: [
      `the longest stretch of the API's event loop, the least of ${ROUNDS} rounds; the dearest request of each route`,
    ],
    detail: seen.toSorted((a, b) => b.ms - a.ms),
  };
}

async function sendTo(url: string, key: string, tenantId: string, request: DearRequest): Promise<number> {
  const { method, path, body, headers } = request;
  const target = `${url}${path}${path.includes('?') ? '&' : '?'}tenantId=${tenantId}`;
  const response = await fetch(target, {
    method,
    headers: { authorization: `Bearer ${key}`, ...(body && { 'content-type': 'application/json' }), ...headers },
    ...(body && { body: typeof body === 'string' ? body : new Uint8Array(body) }),
  });
  await response.arrayBuffer();
  return response.status;
}
