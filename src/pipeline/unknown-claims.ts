import type { AttemptKey, ClaimStore } from '../ports/claims.ts';
import type { Log } from '../ports/process.ts';
import type { DeliveryQueue } from '../ports/queue.ts';

export interface UnknownClaimsDeps {
  readonly claims: Pick<ClaimStore, 'releaseOwn'>;
  readonly queue: Pick<DeliveryQueue, 'offer'>;
  readonly log: Log;
}

const RELEASE_EVERY_MS = 1000;
/**
 * A statement on a connection that was given up may end later than a new one that is answered: a Postgres that goes on after it was
 * frozen runs both at once. So claims are released again and again for this long after the first answer.
 */
const REPEAT_FOR_MS = 10_000;

interface Unknown {
  readonly key: AttemptKey;
  /** When a release was answered first; monotonic, in milliseconds. */
  answeredAtMs: number | undefined;
}

/**
 * Claims whose statement ended without an answer. Postgres may have made them all the same, and nobody would attempt them until
 * their leases run out: they are released, and their deliveries offered again.
 */
export class UnknownClaims {
  readonly #deps: UnknownClaimsDeps;
  readonly #unknown = new Map<string, Unknown>();
  #releasing: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(deps: UnknownClaimsDeps) {
    this.#deps = deps;
  }

  add(keys: readonly AttemptKey[]): void {
    for (const key of keys) this.#unknown.set(nameOf(key), { key, answeredAtMs: undefined });
    this.#schedule();
  }

  has(key: AttemptKey): boolean {
    return this.#unknown.has(nameOf(key));
  }

  /** From then on the claim is not released: it is about to be made anew. */
  async drop(key: AttemptKey): Promise<void> {
    await this.#releasing;
    this.#unknown.delete(nameOf(key));
  }

  #schedule(): void {
    if (this.#timer || this.#unknown.size === 0) return;
    this.#timer = setTimeout(() => {
      this.#releasing = this.#release().finally(() => {
        this.#releasing = undefined;
        this.#timer = undefined;
        this.#schedule();
      });
    }, RELEASE_EVERY_MS).unref();
  }

  async #release(): Promise<void> {
    const { claims, queue, log } = this.#deps;
    const unknown = [...this.#unknown.values()];
    try {
      const released = await claims.releaseOwn(unknown.map(({ key }) => key));
      const nowMs = performance.now();
      for (const one of unknown) one.answeredAtMs ??= nowMs;
      for (const { key, answeredAtMs = nowMs } of unknown) {
        if (nowMs - answeredAtMs >= REPEAT_FOR_MS) this.#unknown.delete(nameOf(key));
      }
      for (const { deliveryId, attempt } of released) this.#unknown.delete(nameOf({ deliveryId, attempt }));
      if (released.length === 0) return;
      log.info({ count: released.length }, 'released claims that Postgres had made without an answer');
      queue.offer(released);
    } catch (err) {
      log.warn({ err: String(err), count: unknown.length }, 'claims without an answer are not released yet');
    }
  }
}

function nameOf({ deliveryId, attempt }: AttemptKey): string {
  return `${deliveryId} ${attempt}`;
}
