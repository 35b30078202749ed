import { isUnavailable } from '../domain/errors.ts';
import type { DeliveryId } from '../domain/id.ts';
import type { AttemptKey, ClaimedDelivery, ClaimStore } from '../ports/claims.ts';
import type { DueDelivery } from '../ports/queue.ts';
import { Batcher } from './batcher.ts';
import type { UnknownClaims } from './unknown-claims.ts';

/** Undefined: the delivery does not stand at this attempt, or another worker has it. */
export type ClaimResult =
  | { readonly kind: 'claimed'; readonly claimed: ClaimedDelivery }
  /** It is not due yet by the store's clock: the clock that woke it is ahead. */
  | { readonly kind: 'early'; readonly due: DueDelivery }
  | undefined;

const MAX_CLAIMS = 500;

/** Claims deliveries; callers that come together share one statement. */
export class DeliveryClaimer {
  readonly #store: Pick<ClaimStore, 'claim' | 'dueLater'>;
  readonly #batches: Batcher<AttemptKey, ClaimResult>;
  readonly #unknown: UnknownClaims;

  constructor(store: Pick<ClaimStore, 'claim' | 'dueLater'>, unknown: UnknownClaims) {
    this.#store = store;
    this.#unknown = unknown;
    this.#batches = new Batcher((wanted) => this.#claimAll(wanted), { maxWeight: MAX_CLAIMS, maxInFlight: 2 });
  }

  /** @throws Unavailable; then the claim may have been made all the same, and is released */
  claim(deliveryId: DeliveryId, attempt: number): Promise<ClaimResult> {
    const key = { deliveryId, attempt };
    return this.#unknown.has(key) ? this.#claimAgain(key) : this.#batches.add(key);
  }

  async #claimAgain(key: AttemptKey): Promise<ClaimResult> {
    await this.#unknown.drop(key);
    const result = await this.#batches.add(key);
    if (!result) this.#unknown.add([key]); // the earlier claim may be what stands in its way
    return result;
  }

  async #claimKnown(wanted: readonly AttemptKey[]): Promise<readonly ClaimedDelivery[]> {
    try {
      return await this.#store.claim(wanted);
    } catch (error) {
      if (isUnavailable(error)) this.#unknown.add(wanted);
      throw error;
    }
  }

  /** The same attempt may be requested twice at once, by a job that was taken for dead; one of the callers gets it. */
  async #claimAll(wanted: readonly AttemptKey[]): Promise<ClaimResult[]> {
    const distinct = new Map(wanted.map((one) => [keyName(one), one]));
    const results = new Map<string, ClaimResult>();
    for (const claimed of await this.#claimKnown([...distinct.values()])) {
      const name = keyName({ deliveryId: claimed.id, attempt: claimed.attempt });
      results.set(name, { kind: 'claimed', claimed });
      distinct.delete(name);
    }
    const refused = [...distinct.values()];
    for (const due of refused.length > 0 ? await this.#store.dueLater(refused) : []) {
      results.set(keyName(due), { kind: 'early', due });
    }
    return wanted.map((one) => {
      const name = keyName(one);
      const result = results.get(name);
      results.delete(name);
      return result;
    });
  }
}

function keyName({ deliveryId, attempt }: AttemptKey): string {
  return `${deliveryId} ${attempt}`;
}
