/** What waits to be delivered, over all workers. */
export interface Backlog {
  /** How long the delivery that waits longest has been due; 0 when none is due. */
  readonly oldestDueMs: number;
  /** The same among endpoints that are not failing. An upper bound when very many deliveries of failing ones are older. */
  readonly oldestHealthyDueMs: number;
  /** Open deliveries by state, counted up to a limit over all states. */
  readonly byState: ReadonlyMap<string, number>;
  readonly failingEndpoints: number;
}
