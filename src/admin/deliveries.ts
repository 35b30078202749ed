import type { Delivery, DeliveryState } from '../domain/delivery.ts';
import { Unavailable } from '../domain/errors.ts';
import type { DeliveryId, TenantId } from '../domain/id.ts';
import type { DeliveryFilter, DeliveryStore } from '../ports/deliveries.ts';
import type { EndpointHealthStore } from '../ports/endpoint-health.ts';
import type { Page, PageQuery } from '../ports/page.ts';

export interface DeliveryViewDeps {
  readonly deliveries: Pick<DeliveryStore, 'find' | 'list'>;
  readonly endpointHealth: Pick<EndpointHealthStore, 'waitingAmong'>;
}

export interface ShownFilter extends Omit<DeliveryFilter, 'states'> {
  readonly state?: DeliveryState | undefined;
}

/** The stored states of parked deliveries; whether one is parked is known only live. */
const MAY_WAIT: readonly DeliveryState[] = ['pending', 'retrying'];
/** How many pages of stored deliveries one page of parked ones looks through. */
const MAX_SCANS = 20;

export async function findDelivery(
  deps: DeliveryViewDeps,
  tenantId: TenantId,
  id: DeliveryId,
): Promise<Delivery | undefined> {
  const delivery = await deps.deliveries.find(tenantId, id);
  if (!delivery) return undefined;
  const [shown] = await asParkedWhereKnown(deps, [delivery]);
  return shown;
}

/**
 * Lists deliveries; those that wait at the gate are shown as `parked`. With the filter `parked` a page may be short although
 * more follow.
 *
 * @throws Unavailable when parked ones are requested and Redis does not answer
 */
export async function listDeliveries(
  deps: DeliveryViewDeps,
  tenantId: TenantId,
  { state, ...filter }: ShownFilter,
  page: PageQuery,
): Promise<Page<Delivery>> {
  if (state === 'parked') return listParked(deps, tenantId, filter, page);
  const found = await deps.deliveries.list(tenantId, { ...filter, states: state && [state] }, page);
  return { ...found, data: await asParkedWhereKnown(deps, found.data) };
}

async function listParked(
  deps: DeliveryViewDeps,
  tenantId: TenantId,
  filter: DeliveryFilter,
  page: PageQuery,
): Promise<Page<Delivery>> {
  const parked: Delivery[] = [];
  let { cursor } = page;
  for (let scans = 0; scans < MAX_SCANS && parked.length < page.limit; scans++) {
    // never more than still fit, so that the cursor is that of the last delivery shown or skipped
    const limit = page.limit - parked.length;
    const { data, nextCursor } = await deps.deliveries.list(tenantId, { ...filter, states: MAY_WAIT }, { limit, cursor });
    parked.push(...(await asParked(deps, data)).filter(({ state }) => state === 'parked'));
    cursor = nextCursor;
    if (cursor === undefined) break;
  }
  return { data: parked, nextCursor: cursor };
}

async function asParkedWhereKnown(deps: DeliveryViewDeps, deliveries: readonly Delivery[]): Promise<readonly Delivery[]> {
  try {
    return await asParked(deps, deliveries);
  } catch (error) {
    if (error instanceof Unavailable) return deliveries;
    throw error;
  }
}

async function asParked(
  { endpointHealth }: DeliveryViewDeps,
  deliveries: readonly Delivery[],
): Promise<readonly Delivery[]> {
  const waiting = await endpointHealth.waitingAmong(deliveries.filter(({ state }) => MAY_WAIT.includes(state)));
  return deliveries.map((delivery) => (waiting.has(delivery) ? { ...delivery, state: 'parked' } : delivery));
}
