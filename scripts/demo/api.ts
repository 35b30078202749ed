/** Parts of the API's answers that the demo reads. */
export interface Delivery {
  readonly id: string;
  readonly subscriptionId: string;
  readonly eventId: string;
  readonly trigger: string;
  readonly state: string;
  readonly attemptCount: number;
  readonly messageId: string;
  readonly lastReason: string | null;
}

export interface Attempt {
  readonly number: number;
  readonly startedAt: string;
  readonly verdict: string;
  readonly outcome:
    | { readonly kind: 'response'; readonly status: number }
    | { readonly kind: 'failure'; readonly failure: string; readonly detail: string }
    | { readonly kind: 'unbuildable'; readonly reason: string };
}

export interface DeadLetter {
  readonly id: string;
  readonly deliveryId: string;
  readonly reason: string;
  readonly closed: { readonly as: string } | null;
}

export interface Secret {
  readonly kind: string;
  readonly value?: string;
  readonly publicKey?: string;
}

interface Page<T> {
  readonly data: readonly T[];
  readonly nextCursor: string | null;
}

/** Speaks to the API with one key. */
export class Api {
  readonly #url: string;
  readonly key: string;

  constructor(url: string, key: string) {
    this.#url = url;
    this.key = key;
  }

  get<T>(path: string): Promise<T> {
    return this.#call('GET', path);
  }

  post<T>(path: string, body: object = {}): Promise<T> {
    return this.#call('POST', path, body);
  }

  /** All pages of a list. */
  async list<T>(path: string, query: Readonly<Record<string, string>> = {}): Promise<T[]> {
    const all: T[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const search = new URLSearchParams({ ...query, limit: '100', ...(cursor !== '' && { cursor }) });
      const page: Page<T> = await this.get(`${path}?${search}`);
      all.push(...page.data);
      cursor = page.nextCursor;
    }
    return all;
  }

  /** @throws Error with the problem document of a refusal */
  async #call<T>(method: string, path: string, body?: object): Promise<T> {
    const response = await fetch(this.#url + path, {
      method,
      headers: { authorization: `Bearer ${this.key}`, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} was answered ${response.status}: ${text}`);
    return JSON.parse(text) as T;
  }
}
