import { type DeliveryViewDeps, listDeliveries, type ShownDelivery } from '../../admin/deliveries.ts';
import { type EndpointViewDeps, findEndpoint, type ShownEndpoint } from '../../admin/endpoints.ts';
import type { DeliveryChange } from '../../domain/change.ts';
import { Problem } from '../../domain/errors.ts';
import type { DeliveryId, EndpointId, IntegrationId, TenantId } from '../../domain/id.ts';
import type { TenantConfigs } from '../../pipeline/tenant-configs.ts';
import type { WatchedFilter } from '../../ports/deliveries.ts';
import { showDelivery } from '../delivery-view.ts';
import { showEndpoint } from '../endpoint-view.ts';
import { isInTime, matches } from './filter-changes.ts';
import type { StreamMessage } from './messages.ts';
import type { Outgoing } from './outbox.ts';

export type ShowChangesDeps = DeliveryViewDeps &
  EndpointViewDeps & { readonly configs: Pick<TenantConfigs, 'any' | 'fresh'> };

const MAX_ROWS = 100;

/** What changed, read from the stores: each delivery and endpoint once, however many streams and messages show it. */
export class ShownChanges {
  readonly #deps: ShowChangesDeps;
  readonly #deliveries = new Map<DeliveryId, ShownDelivery>();
  readonly #endpoints = new Map<EndpointId, Promise<ShownEndpoint | undefined>>();

  constructor(deps: ShowChangesDeps) {
    this.#deps = deps;
  }

  /** Reads the deliveries of changes, tenant by tenant. @throws Unavailable */
  async load(outgoing: readonly Outgoing[]): Promise<void> {
    const wanted = new Map<TenantId, Set<DeliveryId>>();
    for (const { entry } of outgoing) {
      const { change } = entry;
      if (change.kind !== 'delivery' || this.#deliveries.has(change.deliveryId)) continue;
      const ids = wanted.get(change.tenantId) ?? new Set();
      wanted.set(change.tenantId, ids.add(change.deliveryId));
    }
    for (const [tenantId, ids] of wanted) {
      const all = [...ids];
      for (let start = 0; start < all.length; start += MAX_ROWS) {
        const page = { limit: MAX_ROWS, cursor: undefined };
        const { data } = await listDeliveries(this.#deps, tenantId, { ids: all.slice(start, start + MAX_ROWS) }, page);
        for (const shown of data) this.#deliveries.set(shown.delivery.id, shown);
      }
    }
  }

  /**
   * The message about a change; undefined when what changed is gone, or the filter does not find it after all.
   *
   * @param filter undefined for a stream about this delivery alone
   * @throws Unavailable
   */
  async messageOf(
    { entry: { change }, matches: didMatch }: Outgoing,
    filter: WatchedFilter | undefined,
  ): Promise<Pick<StreamMessage, 'event' | 'data'> | undefined> {
    if (change.kind === 'endpoint') {
      const endpoint = await this.#endpoint(change.tenantId, change.endpointId);
      return endpoint && { event: 'endpoint', data: showEndpoint(endpoint) };
    }
    const shown = this.#deliveries.get(change.deliveryId);
    if (!shown) return undefined;
    const { delivery } = shown;
    if (filter && (!isInTime(filter, delivery) || !(await this.#isOf(filter.integrationId, change)))) return undefined;
    const { attempt } = change;
    return {
      event: 'delivery',
      data: {
        action: change.action,
        // whether it is parked is known only live
        matches: didMatch || (delivery.state === 'parked' && filter !== undefined && matches(filter, delivery)),
        delivery: showDelivery(shown),
        attempt: attempt
          ? {
              ...attempt,
              status: attempt.status ?? null,
              reason: attempt.reason ?? null,
              durationMs: attempt.durationMs ?? null,
            }
          : null,
      },
    };
  }

  #endpoint(tenantId: TenantId, id: EndpointId): Promise<ShownEndpoint | undefined> {
    const known = this.#endpoints.get(id);
    if (known) return known;
    const found = findEndpoint(this.#deps, tenantId, id).catch((error: unknown) => {
      if (error instanceof Problem) return undefined; // its tenant was deleted
      throw error;
    });
    this.#endpoints.set(id, found);
    return found;
  }

  /** Whether the delivery's endpoint belongs to the integration; true where none is asked for. */
  async #isOf(integrationId: IntegrationId | undefined, { tenantId, endpointId }: DeliveryChange): Promise<boolean> {
    if (integrationId === undefined) return true;
    const cached = await this.#deps.configs.any(tenantId);
    const known = cached?.config.endpoints.get(endpointId);
    if (!cached || known) return known?.integrationId === integrationId;
    const { config } = await this.#deps.configs.fresh(tenantId); // an endpoint of the last seconds
    return config.endpoints.get(endpointId)?.integrationId === integrationId;
  }
}
