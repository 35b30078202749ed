import type { TenantId } from '../domain/id.ts';
import { type BodyRetentionStore, CONTENT_KINDS, type TenantBodies } from '../ports/body-retention.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const TENANTS_AT_ONCE = 500;
/** Rows of one transaction: about 20 ms. */
const ROWS_AT_ONCE = 500;
/** Chunks of a tenant and kind in one run, so that no tenant holds up the others; the next run goes on. */
const MAX_CHUNKS = 100;

export interface BodyRetentionDeps {
  readonly store: BodyRetentionStore;
  /** For tenants without a setting of their own; undefined: their content stays as long as its rows. */
  readonly bodyDays: number | undefined;
}

/**
 * Removes bodies, facts and answers of what has ended and is older than its tenant wants them to be stored; the rows stay. Run by the
 * leading worker. Every chunk may be repeated, and a run that fails or dies is completed by the next one.
 */
export class BodyRetentionSweep {
  readonly #deps: BodyRetentionDeps;

  constructor(deps: BodyRetentionDeps) {
    this.#deps = deps;
  }

  /**
   * One run over all tenants.
   *
   * @param goesOn asked between chunks: false leaves the rest to another run
   * @throws Unavailable
   */
  async sweep(goesOn: () => boolean = () => true): Promise<void> {
    const { store, bodyDays } = this.#deps;
    const nowMs = await store.nowMs();
    let after: TenantId | undefined;
    do {
      const tenants = await store.tenants(bodyDays, after, TENANTS_AT_ONCE);
      for (const tenant of tenants) await this.#removeOf(tenant, nowMs, goesOn);
      after = tenants.length === TENANTS_AT_ONCE ? tenants.at(-1)?.tenantId : undefined;
    } while (after && goesOn());
  }

  /** Deliveries first: an event is needed as long as one of them is. */
  async #removeOf({ tenantId, bodyDays }: TenantBodies, nowMs: number, goesOn: () => boolean): Promise<void> {
    const { store } = this.#deps;
    for (const kind of CONTENT_KINDS) {
      if (!goesOn()) return;
      let after: string | undefined;
      do after = await store.removeLeftOver(tenantId, kind, after, ROWS_AT_ONCE);
      while (after !== undefined && goesOn());
      const beforeMs = nowMs - bodyDays * DAY_MS;
      for (let chunk = 0; chunk < MAX_CHUNKS && goesOn(); chunk++) {
        if ((await store.remove(tenantId, kind, beforeMs, ROWS_AT_ONCE)) < ROWS_AT_ONCE) break;
      }
    }
  }
}
