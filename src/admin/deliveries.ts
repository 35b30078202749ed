import type { Delivery, DeliveryState } from '../domain/delivery.ts';
import type { DeliveryId, TenantId } from '../domain/id.ts';
import type { DeliveryFilter, DeliveryStore } from '../ports/deliveries.ts';
import type { EndpointHealthStore } from '../ports/endpoint-health.ts';
import type { Page, PageQuery } from '../ports/page.ts';
import { whereKnown } from './live.ts';

export interface DeliveryViewDeps {
  readonly deliveries: Pick<DeliveryStore, 'find' | 'list'>;
  readonly endpointHealth: Pick<EndpointHealthStore, 'waitingAmong'>;
}

/** The stored states of parked deliveries; whether one is parked is known only live. */
const MAY_WAIT: readonly DeliveryState[] = ['pending', 'retrying'];
/** How many pages of stored deliveries one page of parked ones looks through. */
const MAX_SCANS = 20;

/** A delivery as it is shown: one that waits at the gate is `parked`. */
export interface ShownDelivery {
  readonly delivery: Delivery;
  /** Undefined while it is unknown whether it waits: Redis does not answer. Then its state is as it is stored. */
  readonly live: { readonly parked: boolean } | undefined;
}

export async function findDelivery(
  deps: DeliveryViewDeps,
  tenantId: TenantId,
  id: DeliveryId,
): Promise<ShownDelivery | undefined> {
  const delivery = await deps.deliveries.find(tenantId, id);
  return delivery && (await asShown(deps, [delivery]))[0];
}

/**
 * Lists deliveries. With the state `parked`, which stands by itself, a page may be short although more follow; while it is unknown what waits, it holds
 * those that may.
 */
export async function listDeliveries(
  deps: DeliveryViewDeps,
  tenantId: TenantId,
  filter: DeliveryFilter,
  page: PageQuery,
): Promise<Page<ShownDelivery>> {
  if (filter.states?.includes('parked')) return listParked(deps, tenantId, filter, page);
  const found = await deps.deliveries.list(tenantId, filter, page);
  return { ...found, data: await asShown(deps, found.data) };
}

async function listParked(
  deps: DeliveryViewDeps,
  tenantId: TenantId,
  filter: DeliveryFilter,
  page: PageQuery,
): Promise<Page<ShownDelivery>> {
  const parked: ShownDelivery[] = [];
  let { cursor } = page;
  for (let scans = 0; scans < MAX_SCANS && parked.length < page.limit; scans++) {
    // never more than still fit, so that the cursor is that of the last delivery shown or skipped
    const limit = page.limit - parked.length;
    const { data, nextCursor } = await deps.deliveries.list(tenantId, { ...filter, states: MAY_WAIT }, { limit, cursor });
    parked.push(...(await asShown(deps, data)).filter(({ live }) => live?.parked !== false));
    cursor = nextCursor;
    if (cursor === undefined) break;
  }
  return { data: parked, nextCursor: cursor };
}

async function asShown(
  { endpointHealth }: DeliveryViewDeps,
  deliveries: readonly Delivery[],
): Promise<readonly ShownDelivery[]> {
  const candidates = deliveries.filter(({ state }) => MAY_WAIT.includes(state));
  const waiting = candidates.length > 0 ? await whereKnown(() => endpointHealth.waitingAmong(candidates)) : NONE;
  return deliveries.map((delivery): ShownDelivery => {
    if (!MAY_WAIT.includes(delivery.state)) return { delivery, live: { parked: false } };
    if (!waiting) return { delivery, live: undefined };
    const parked = waiting.has(delivery);
    return { delivery: parked ? { ...delivery, state: 'parked' } : delivery, live: { parked } };
  });
}

const NONE: ReadonlySet<Delivery> = new Set();
