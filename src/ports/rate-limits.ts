/** What a request took of its caller's allowance. */
export interface RateTaken {
  readonly isAllowed: boolean;
  /** How many more requests the current window allows. */
  readonly remaining: number;
  /** Until the next window. */
  readonly resetMs: number;
}

/** At most `limit` requests for each key in a window. */
export interface RateLimit {
  readonly limit: number;
  readonly windowS: number;
  /** Counts a request. Undefined when it cannot be counted: it is allowed then. Never throws and takes 50 ms at most. */
  take(key: string): Promise<RateTaken | undefined>;
}
