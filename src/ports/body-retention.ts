import type { TenantId } from '../domain/id.ts';

/** Rows whose content is removed, in the order in which that is done. */
export const CONTENT_KINDS = ['delivery', 'event', 'dead_letter'] as const;
export type ContentKind = (typeof CONTENT_KINDS)[number];

export interface TenantBodies {
  readonly tenantId: TenantId;
  readonly bodyDays: number;
}

export interface BodyRetentionStore {
  /** Unix milliseconds by the store's clock. */
  nowMs(): Promise<number>;
  /**
   * Tenants with a retention of their own, and all others when there is one for them, in the order of their ids.
   *
   * @param fallbackDays for tenants without one of their own; undefined: none
   */
  tenants(fallbackDays: number | undefined, after: TenantId | undefined, most: number): Promise<readonly TenantBodies[]>;
  /**
   * Removes the content of the next rows that were made before `beforeMs`. What is still needed is noted as left over: open
   * deliveries, events of which one has no body yet, and open dead letters.
   *
   * @returns how many rows were looked at, at most `most`
   */
  remove(tenantId: TenantId, kind: ContentKind, beforeMs: number, most: number): Promise<number>;
  /**
   * Looks again at what was left over, from `after` on.
   *
   * @returns where to go on; undefined after the last
   */
  removeLeftOver(
    tenantId: TenantId,
    kind: ContentKind,
    after: string | undefined,
    most: number,
  ): Promise<string | undefined>;
}
