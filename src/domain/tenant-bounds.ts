/** The most that a tenant may configure. Only additions are refused: what exists beyond a bound goes on. */
export interface TenantBounds {
  /** Subscriptions that one event can match. */
  readonly subscriptionsPerTrigger: number;
}
