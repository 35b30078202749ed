import { Overloaded } from '../domain/errors.ts';
import { tooMany } from './problem.ts';

/** Whatever one key sends, as much again is left to the others. */
const FULL_KEYS = 2;

export interface KeyLimitOptions {
  /** The most requests of one key that are served at once. */
  readonly requests: number;
  /** The most bytes that the bodies of one key's requests in progress have. */
  readonly bodyBytes: number;
}

/** What a request occupies of the limits, until it has ended. */
export interface Admission {
  /**
   * Counts bytes of the body that were read: what is only announced occupies no memory.
   *
   * @throws HttpProblem 429 beyond what the key may have; Overloaded beyond what all keys together may
   */
  takeBytes(bytes: number): void;
  end(): void;
}

/** Bounds what requests occupy in this process at one time: those of one key, and the bodies of all. */
export class KeyLimits {
  readonly #options: KeyLimitOptions;
  readonly #used = new Map<string, { requests: number; bytes: number }>();
  #bytes = 0;

  constructor(options: KeyLimitOptions) {
    this.#options = options;
  }

  /** Undefined when the key has as many requests in progress as it may. */
  admit(key: string): Admission | undefined {
    const { requests, bodyBytes } = this.#options;
    const used = this.#used.get(key) ?? { requests: 0, bytes: 0 };
    if (used.requests >= requests) return undefined;
    used.requests += 1;
    this.#used.set(key, used);
    let held = 0;
    const count = (bytes: number): void => {
      held += bytes;
      used.bytes += bytes;
      this.#bytes += bytes;
    };
    return {
      takeBytes: (bytes) => {
        if (used.bytes + bytes > bodyBytes)
          throw tooMany('The bodies of this key that are being read are too large together.');
        if (this.#bytes + bytes > FULL_KEYS * bodyBytes)
          throw new Overloaded('Requests come in faster than they can be served');
        count(bytes);
      },
      end: () => {
        count(-held);
        used.requests -= 1;
        if (used.requests === 0) this.#used.delete(key);
      },
    };
  }
}
