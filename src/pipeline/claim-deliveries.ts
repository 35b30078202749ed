import type { DeliveryId } from '../domain/id.ts';
import type { AttemptKey, ClaimedDelivery, ClaimStore } from '../ports/claims.ts';
import { Batcher } from './batcher.ts';

const MAX_CLAIMS = 500;

/** Claims deliveries; callers that come together share one statement. */
export class DeliveryClaimer {
  readonly #store: Pick<ClaimStore, 'claim'>;
  readonly #batches: Batcher<AttemptKey, ClaimedDelivery | undefined>;

  constructor(store: Pick<ClaimStore, 'claim'>) {
    this.#store = store;
    this.#batches = new Batcher((wanted) => this.#claimAll(wanted), { maxWeight: MAX_CLAIMS, maxInFlight: 2 });
  }

  /** Undefined when the delivery is not due, or not at this attempt. @throws Unavailable */
  claim(deliveryId: DeliveryId, attempt: number): Promise<ClaimedDelivery | undefined> {
    return this.#batches.add({ deliveryId, attempt });
  }

  /** The same attempt may be requested twice at once, by a job that was taken for dead; one of the callers gets it. */
  async #claimAll(wanted: readonly AttemptKey[]): Promise<(ClaimedDelivery | undefined)[]> {
    const distinct = new Map(wanted.map((one) => [keyName(one.deliveryId, one.attempt), one]));
    const claimed = new Map<string, ClaimedDelivery>();
    for (const one of await this.#store.claim([...distinct.values()])) claimed.set(keyName(one.id, one.attempt), one);
    return wanted.map(({ deliveryId, attempt }) => {
      const name = keyName(deliveryId, attempt);
      const one = claimed.get(name);
      claimed.delete(name);
      return one;
    });
  }
}

function keyName(id: DeliveryId, attempt: number): string {
  return `${id} ${attempt}`;
}
