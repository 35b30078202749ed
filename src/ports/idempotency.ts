/** An answer stored under an `Idempotency-Key` for 24 hours. */
export interface StoredAnswer {
  readonly requestHash: Uint8Array;
  /** Undefined while the first request is under way. */
  readonly answer: { readonly status: number; readonly body: string } | undefined;
}

/** A key that a request has taken. */
export interface HeldKey {
  readonly scope: string;
  readonly key: string;
  /** Fences the answer: a request whose key was taken over cannot store one. */
  readonly holder: string;
}

export interface IdempotencyStore {
  /** Takes a key for `scope`, or returns the stored answer of an earlier request. A key whose request never ended is free after 60 s. */
  begin(
    scope: string,
    key: string,
    requestHash: Uint8Array,
  ): Promise<{ readonly kind: 'held'; readonly held: HeldKey } | ({ readonly kind: 'stored' } & StoredAnswer)>;
  /** Stores the answer. False when another request has taken the key over meanwhile, and nothing was stored. */
  complete(held: HeldKey, answer: { readonly status: number; readonly body: string }): Promise<boolean>;
  /** Frees a key whose request failed on our side, so that it can be tried again, unless another request has taken it over. */
  abandon(held: HeldKey): Promise<void>;
}
