import type { DeliveryId } from '../domain/id.ts';
import type { AttemptKey, ClaimedDelivery, ClaimStore } from '../ports/claims.ts';
import type { DueDelivery } from '../ports/queue.ts';
import { Batcher } from './batcher.ts';

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

  constructor(store: Pick<ClaimStore, 'claim' | 'dueLater'>) {
    this.#store = store;
    this.#batches = new Batcher((wanted) => this.#claimAll(wanted), { maxWeight: MAX_CLAIMS, maxInFlight: 2 });
  }

  /** @throws Unavailable */
  claim(deliveryId: DeliveryId, attempt: number): Promise<ClaimResult> {
    return this.#batches.add({ deliveryId, attempt });
  }

  /** The same attempt may be requested twice at once, by a job that was taken for dead; one of the callers gets it. */
  async #claimAll(wanted: readonly AttemptKey[]): Promise<ClaimResult[]> {
    const distinct = new Map(wanted.map((one) => [keyName(one), one]));
    const results = new Map<string, ClaimResult>();
    for (const claimed of await this.#store.claim([...distinct.values()])) {
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
