import { hasFailedTooLong } from '../domain/endpoint-signal.ts';
import type { TenantId } from '../domain/id.ts';
import type { EndpointHealth, EndpointHealthStore, HealthChange } from '../ports/endpoint-health.ts';
import type { EndpointStore, FailingEndpoint } from '../ports/endpoints.ts';
import type { Announcement } from '../ports/events.ts';
import { Batcher } from './batcher.ts';
import { type DisableDeps, disableEndpoint, offerAnnounced } from './endpoint-switches.ts';
import { announceEndpoint } from './operational-events.ts';
import type { LoadedConfig } from './tenant-configs.ts';

export interface WatchDeps extends DisableDeps {
  readonly endpoints: EndpointStore;
  readonly healths: EndpointHealthStore;
  /** How long an endpoint may fail before it is disabled. */
  readonly disableAfterMs: number;
}

const MAX_TURNS = 500;

/** Keeps for good, and tells, what the gate finds out about endpoints: that they fail, recover, or fail for too long. */
export class EndpointWatch {
  readonly #deps: WatchDeps;
  readonly #turns: Batcher<HealthChange, true>;

  constructor(deps: WatchDeps) {
    this.#deps = deps;
    this.#turns = new Batcher((turns) => this.#keep(turns).then(() => turns.map(() => true as const)), {
      maxWeight: MAX_TURNS,
      maxInFlight: 1,
    });
  }

  /** Keeps turns as the gate reports them; what cannot be kept now, the next sweep finds again. */
  note(turns: readonly HealthChange[]): void {
    for (const turn of turns) {
      this.#turns.add(turn).catch((err: Error) => {
        this.#deps.log.warn({ err: err.message, endpointId: turn.endpointId }, 'a turn of an endpoint could not be kept');
      });
    }
  }

  /** Makes up for reports that were lost, and disables what failed for too long. @throws Unavailable */
  async sweep(): Promise<void> {
    const { endpoints, healths, disableAfterMs } = this.#deps;
    const live = await healths.failing();
    const kept = await endpoints.failing();
    if (live.size + kept.length === 0) return;
    const known = new Set(kept.map(({ id }) => id));
    const now = await healths.of(kept.map(({ id }) => id));
    const missed = [...live].filter(([id]) => !known.has(id));
    const recovered = kept.filter(({ id }) => isWell(now.get(id)));
    const turns: HealthChange[] = [
      ...missed.map(([endpointId, failingSince]) => ({ endpointId, failingSince })),
      ...recovered.map(({ id: endpointId }) => ({ endpointId, failingSince: undefined })),
    ];
    if (turns.length > 0) await this.#keep(turns);
    for (const endpoint of kept) {
      if (!isLasting(endpoint, now.get(endpoint.id), disableAfterMs)) continue;
      await disableEndpoint(this.#deps, endpoint.tenantId, endpoint.id, 'failing');
    }
  }

  async #keep(turns: readonly HealthChange[]): Promise<void> {
    const { endpoints, configs, clock, queue } = this.#deps;
    const said: Announcement[] = [];
    await endpoints.turn(turns, async (turned) => {
      const loaded = new Map<TenantId, LoadedConfig>();
      for (const { endpointId, tenantId, failingSince } of turned) {
        const what = failingSince
          ? ({ type: 'endpoint.failing', failingSince: failingSince.toISOString() } as const)
          : ({ type: 'endpoint.recovered' } as const);
        const ofTenant = loaded.get(tenantId) ?? (await configs.fresh(tenantId));
        loaded.set(tenantId, ofTenant);
        const announcement = announceEndpoint(ofTenant, endpointId, what, clock());
        if (announcement) said.push(announcement);
      }
      return said;
    });
    for (const announcement of said) offerAnnounced(queue, announcement);
  }
}

function isWell(health: EndpointHealth | undefined): boolean {
  return health?.isKnown === true && health.breaker === 'closed';
}

function isLasting({ unchangedSince }: FailingEndpoint, health: EndpointHealth | undefined, limitMs: number): boolean {
  return (
    health !== undefined && health.breaker !== 'closed' && hasFailedTooLong(unchangedSince, health.lastFailedAt, limitMs)
  );
}
