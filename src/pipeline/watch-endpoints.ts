import { hasFailedTooLong } from '../domain/endpoint-signal.ts';
import type { TenantId } from '../domain/id.ts';
import type { EndpointHealth, EndpointHealthStore, HealthChange } from '../ports/endpoint-health.ts';
import type { ChangedEndpoint, EndpointStore, FailingEndpoint } from '../ports/endpoints.ts';
import type { PlannedEvents } from '../ports/events.ts';
import type { Log } from '../ports/process.ts';
import type { DeliveryTelemetry } from '../ports/telemetry.ts';
import { Batcher } from './batcher.ts';
import { type DisableDeps, disableEndpoint } from './endpoint-switches.ts';
import { offerNew } from './new-deliveries.ts';
import { planEndpointEvent } from './operational-events.ts';
import type { LoadedConfig, LoadedConfigs } from './tenant-configs.ts';

export interface WatchDeps extends DisableDeps {
  readonly endpoints: Pick<EndpointStore, 'tenantsOf' | 'recordHealthChanges' | 'failing'>;
  readonly endpointHealth: Pick<EndpointHealthStore, 'failing' | 'of'>;
  /** How long an endpoint may fail before it is disabled. */
  readonly disableAfterMs: number;
  readonly log: Log;
  readonly telemetry: Pick<DeliveryTelemetry, 'endpointChanged' | 'endpointDisabled'>;
}

const MAX_CHANGES = 500;

/** Stores the changes of health that the gate reports, emits their operational events, and disables endpoints that fail too long. */
export class EndpointWatch {
  readonly #deps: WatchDeps;
  readonly #changes: Batcher<HealthChange, true>;

  constructor(deps: WatchDeps) {
    this.#deps = deps;
    this.#changes = new Batcher((changes) => this.#record(changes).then(() => changes.map(() => true as const)), {
      maxWeight: MAX_CHANGES,
      maxInFlight: 1,
    });
  }

  /** Stores changes as the gate reports them; a change that cannot be stored now is found by the next sweep. */
  note(changes: readonly HealthChange[]): void {
    for (const change of changes) {
      this.#changes.add(change).catch((err: Error) => {
        const { endpointId } = change;
        this.#deps.log.warn({ err: err.message, endpointId }, 'could not store a change of health');
      });
    }
  }

  /** Makes up for lost reports, and disables endpoints that have failed too long. @throws Unavailable */
  async sweep(): Promise<void> {
    const { endpoints, endpointHealth, disableAfterMs } = this.#deps;
    const live = await endpointHealth.failing();
    const stored = await endpoints.failing();
    if (live.size + stored.length === 0) return;
    const known = new Set(stored.map(({ id }) => id));
    const now = await endpointHealth.of(stored.map(({ id }) => id));
    const missed = [...live].filter(([id]) => !known.has(id));
    const recovered = stored.filter(({ id }) => isHealthy(now.get(id)));
    const changes: HealthChange[] = [
      ...missed.map(([endpointId, failingForMs]) => ({ endpointId, failingForMs })),
      ...recovered.map(({ id: endpointId }) => ({ endpointId, failingForMs: undefined })),
    ];
    if (changes.length > 0) await this.#record(changes);
    for (const endpoint of stored) {
      if (!failsTooLong(endpoint, now.get(endpoint.id), disableAfterMs)) continue;
      await disableEndpoint(this.#deps, endpoint.tenantId, endpoint.id, 'failing');
    }
  }

  async #record(changes: readonly HealthChange[]): Promise<void> {
    const { endpoints, queue, telemetry } = this.#deps;
    const configs = await this.#configsOf(changes);
    let planned: readonly PlannedEvents[] = [];
    const changed = await endpoints.recordHealthChanges(changes, (reported) => {
      planned = reported.flatMap((endpoint) => this.#planEvents(configs, endpoint));
      return planned;
    });
    for (const { id: endpointId, tenantId, failingSince } of changed) {
      telemetry.endpointChanged({ endpointId, tenantId, failingSince });
    }
    offerNew(
      queue,
      planned.flatMap(({ deliveries }) => deliveries),
    );
  }

  async #configsOf(changes: readonly HealthChange[]): Promise<LoadedConfigs> {
    const { endpoints, configs } = this.#deps;
    const tenants = await endpoints.tenantsOf(changes.map(({ endpointId }) => endpointId));
    const loaded = new Map<TenantId, LoadedConfig>();
    for (const tenantId of tenants) loaded.set(tenantId, await configs.fresh(tenantId));
    return loaded;
  }

  #planEvents(configs: LoadedConfigs, { tenantId, id, failingSince }: ChangedEndpoint): readonly PlannedEvents[] {
    const config = configs.get(tenantId);
    const change = failingSince
      ? ({ type: 'endpoint.failing', failingSince: failingSince.toISOString() } as const)
      : ({ type: 'endpoint.recovered' } as const);
    const events = config && planEndpointEvent(config, id, change, this.#deps.clock());
    return events ? [events] : [];
  }
}

function isHealthy(health: EndpointHealth | undefined): boolean {
  return health?.isKnown === true && health.breaker === 'closed';
}

function failsTooLong({ unchangedForMs }: FailingEndpoint, health: EndpointHealth | undefined, limitMs: number): boolean {
  return (
    health !== undefined && health.breaker !== 'closed' && hasFailedTooLong(unchangedForMs, health.lastFailedAgoMs, limitMs)
  );
}
