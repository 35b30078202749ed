import type { TenantId } from '../domain/id.ts';

/** What is open now. */
export interface CurrentWork {
  /** Open deliveries by state. */
  readonly byState: ReadonlyMap<string, number>;
  readonly deadLetters: number;
  /** How long the delivery that waits longest has been due, in milliseconds; 0 when none is due. */
  readonly oldestDueMs: number;
  /** Events accepted per second, of the last five minutes. */
  readonly acceptedPerSecond: number;
  /** False: there are so many deliveries or dead letters that counting stopped. */
  readonly complete: boolean;
}

export interface CurrentWorkStore {
  /** @param tenantId undefined: all tenants */
  read(tenantId: TenantId | undefined): Promise<CurrentWork>;
}
