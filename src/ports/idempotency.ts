/** An answer stored under an `Idempotency-Key` for 24 hours. */
export interface KeptAnswer {
  readonly requestHash: Uint8Array;
  /** Undefined while the first request is under way. */
  readonly answer: { readonly status: number; readonly body: string } | undefined;
}

export interface IdempotencyStore {
  /** Takes a key for `scope`; returns the stored answer of an earlier request. A key whose request never ended is free after 60 s. */
  begin(scope: string, key: string, requestHash: Uint8Array): Promise<KeptAnswer | undefined>;
  complete(scope: string, key: string, answer: { readonly status: number; readonly body: string }): Promise<void>;
  /** Frees a key whose request failed on our side, so that it can be tried again. */
  abandon(scope: string, key: string): Promise<void>;
}
