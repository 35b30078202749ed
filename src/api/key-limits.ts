export interface KeyLimitOptions {
  /** The most requests of one key that are served at once. */
  readonly requests: number;
  /** The most bytes of bodies of one key that are held while they are read. */
  readonly bodyBytes: number;
}

/** What a request occupies of its key's limits, until it has ended. */
export interface Admission {
  /** False when the key's bodies would exceed their limit. */
  takeBytes(bytes: number): boolean;
  /** The body was read and is no longer counted. */
  releaseBytes(): void;
  end(): void;
}

/** Bounds what the requests of one key occupy in this process at one time. */
export class KeyLimits {
  readonly #options: KeyLimitOptions;
  readonly #used = new Map<string, { requests: number; bytes: number }>();

  constructor(options: KeyLimitOptions) {
    this.#options = options;
  }

  /** Undefined when the key has as many requests in progress as it may. */
  admit(key: string): Admission | undefined {
    const used = this.#used.get(key) ?? { requests: 0, bytes: 0 };
    if (used.requests >= this.#options.requests) return undefined;
    used.requests += 1;
    this.#used.set(key, used);
    let held = 0;
    const releaseBytes = (): void => {
      used.bytes -= held;
      held = 0;
    };
    return {
      takeBytes: (bytes) => {
        if (used.bytes + bytes > this.#options.bodyBytes) return false;
        used.bytes += bytes;
        held += bytes;
        return true;
      },
      releaseBytes,
      end: () => {
        releaseBytes();
        used.requests -= 1;
        if (used.requests === 0) this.#used.delete(key);
      },
    };
  }
}
