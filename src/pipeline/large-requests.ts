import { Overloaded } from '../domain/errors.ts';
import type { TenantId } from '../domain/id.ts';
import type { EventResult } from './classify-events.ts';
import { IngestProgress, type IngestRequest, nextSlice, type Slice } from './ingest-progress.ts';

type RequestResult = readonly EventResult[] | Error;

interface Waiting {
  readonly progress: IngestProgress;
  readonly resolve: (result: RequestResult) => void;
  readonly expiryTimer: NodeJS.Timeout;
}

/** How long a request waits for its first slice: beyond that its answer would come too late. */
const MAX_WAIT_MS = 15_000;

/**
 * Stores requests with many deliveries, which take seconds, slice by slice: one slice at a time, and one of each tenant in turn, so
 * that no tenant waits for the whole requests of another. The requests of one tenant are stored one after the other.
 */
export class LargeRequests {
  readonly #store: (slice: readonly Slice[]) => Promise<void>;
  /** The first tenant is the next to get a slice stored. */
  readonly #waiting = new Map<TenantId, readonly Waiting[]>();
  #isRunning = false;

  /** @param store commits a slice and notes its results; never rejects */
  constructor(store: (slice: readonly Slice[]) => Promise<void>) {
    this.#store = store;
  }

  /** @throws Overloaded when no slice could be stored in time; nothing was done then */
  add(request: IngestRequest): Promise<RequestResult> {
    const { tenantId } = request;
    return new Promise((resolve, reject) => {
      const progress = new IngestProgress(request);
      const expire = (): void => {
        this.#remove(tenantId, progress);
        reject(new Overloaded('Events come in faster than they can be stored'));
      };
      const waiting = { progress, resolve, expiryTimer: setTimeout(expire, MAX_WAIT_MS) };
      this.#waiting.set(tenantId, [...(this.#waiting.get(tenantId) ?? []), waiting]);
      if (!this.#isRunning) void this.#run();
    });
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    for (let next = this.#next(); next; next = this.#next()) await this.#storeSlice(...next);
    this.#isRunning = false;
  }

  /** The tenant whose turn it is, with its oldest request. */
  #next(): readonly [TenantId, Waiting] | undefined {
    const [first] = this.#waiting;
    const [tenantId, [oldest] = []] = first ?? [];
    return tenantId && oldest && [tenantId, oldest];
  }

  async #storeSlice(tenantId: TenantId, { progress, resolve, expiryTimer }: Waiting): Promise<void> {
    clearTimeout(expiryTimer);
    const slice = nextSlice([progress]);
    if (slice.length > 0) await this.#store(slice);
    else {
      this.#remove(tenantId, progress);
      resolve(progress.result);
    }
    this.#endTurn(tenantId);
  }

  #remove(tenantId: TenantId, progress: IngestProgress): void {
    const left = (this.#waiting.get(tenantId) ?? []).filter((waiting) => waiting.progress !== progress);
    if (left.length > 0) this.#waiting.set(tenantId, left);
    else this.#waiting.delete(tenantId);
  }

  #endTurn(tenantId: TenantId): void {
    const waiting = this.#waiting.get(tenantId);
    if (!waiting) return;
    this.#waiting.delete(tenantId);
    this.#waiting.set(tenantId, waiting);
  }
}
