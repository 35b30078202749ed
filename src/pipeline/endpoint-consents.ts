import { LRUCache } from 'lru-cache';
import { consentRefusal, consentRequestHeaders } from '../domain/consent.ts';
import type { EndpointId } from '../domain/id.ts';
import type { Limits } from '../domain/limits.ts';
import type { ConsentStore } from '../ports/consents.ts';
import type { Sender } from '../ports/sending.ts';

/** What an endpoint is asked for. */
export interface ConsentWanted {
  readonly endpointId: EndpointId;
  readonly url: string;
  /** The name of the sender. */
  readonly origin: string;
  readonly limits: Limits;
}

const MAX_KNOWN = 10_000;
const TIMEOUT_MS = 10_000;

/** Asks endpoints for their consent before the first delivery, and remembers it. */
export class EndpointConsents {
  readonly #consents: ConsentStore;
  readonly #sender: Sender;
  readonly #known = new LRUCache<string, true>({ max: MAX_KNOWN });
  readonly #asking = new Map<string, Promise<Answered>>();

  constructor({ consents, sender }: { readonly consents: ConsentStore; readonly sender: Sender }) {
    this.#consents = consents;
    this.#sender = sender;
  }

  /**
   * Deliveries that come together share one question. Another name of the sender, address or rate asks anew.
   *
   * @throws Unavailable
   */
  async ask(wanted: ConsentWanted): Promise<Answered> {
    const { endpointId, url, origin, limits } = wanted;
    const key = `${endpointId} ${origin} ${limits.ratePerSecond ?? ''} ${url}`;
    if (this.#known.has(key)) return AGREED;
    const asked = this.#asking.get(key) ?? this.#askNow(wanted).finally(() => this.#asking.delete(key));
    this.#asking.set(key, asked);
    const answered = await asked;
    if (answered.kind === 'agreed') this.#known.set(key, true);
    return answered;
  }

  async #askNow({ endpointId, url, origin, limits }: ConsentWanted): Promise<Answered> {
    if ((await this.#consents.find(endpointId)) === recordOf(origin, url, limits)) return AGREED;
    const outcome = await this.#sender.send({
      method: 'OPTIONS',
      url,
      headers: consentRequestHeaders(origin, limits),
      body: '',
      timeoutMs: TIMEOUT_MS,
    });
    if (outcome.kind === 'broken_off') return { kind: 'broken_off' };
    const reason = consentRefusal(outcome, origin, limits);
    if (reason !== undefined) return { kind: 'refused', reason };
    await this.#consents.save(endpointId, recordOf(origin, url, limits));
    return AGREED;
  }
}

export type Answered =
  | { readonly kind: 'agreed' }
  | { readonly kind: 'refused'; readonly reason: string }
  /** This process is shutting down. */
  | { readonly kind: 'broken_off' };
const AGREED: Answered = { kind: 'agreed' };

/** What the endpoint agreed to, as it is stored. */
function recordOf(origin: string, url: string, { ratePerSecond }: Limits): string {
  return [origin, url, ...(ratePerSecond === undefined ? [] : [ratePerSecond])].join(' ');
}
