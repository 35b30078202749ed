import type { IdKind, TenantId } from '../domain/id.ts';
import type { Recognised } from '../domain/search-query.ts';

export const FOUND_KINDS = [
  'delivery',
  'event',
  'deadLetter',
  'replay',
  'erasure',
  'subscription',
  'endpoint',
  'integration',
  'template',
  'tenant',
] as const satisfies readonly IdKind[];
export type FoundKind = (typeof FOUND_KINDS)[number];

/** An object that a search found. */
export interface Hit {
  readonly kind: FoundKind;
  readonly id: string;
  readonly tenantId: TenantId;
  /** What it is, for people: a name, a URL, or trigger and pass. */
  readonly text: string;
  readonly deleted: boolean;
}

export interface SearchStore {
  /**
   * At most `most` objects of each kind, newest first.
   *
   * @param tenantId undefined: in all tenants
   */
  find(query: Recognised, tenantId: TenantId | undefined, most: number): Promise<readonly Hit[]>;
}
