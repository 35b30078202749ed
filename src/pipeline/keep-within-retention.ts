import { newId } from '../domain/id.ts';
import type { Retention } from '../domain/retention.ts';
import type { Clock, Log } from '../ports/process.ts';
import type { DeliveryQueue } from '../ports/queue.ts';
import type { ExpiredPart, ExpiringDelivery, Expiry, RetentionStore } from '../ports/retention.ts';
import { offerNew } from './new-deliveries.ts';
import { planDeliveryDead } from './operational-events.ts';
import type { TenantConfigs } from './tenant-configs.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
/** Deliveries that end in one transaction. */
const EXPIRED_AT_ONCE = 200;
const LETTERS_AT_ONCE = 2_000;
/** Chunks of dead letters in one run; the next one goes on. */
const MAX_LETTER_CHUNKS = 50;

export interface RetentionDeps {
  readonly retention: Pick<Retention, 'days' | 'deadLetterDays'>;
  readonly store: RetentionStore;
  readonly configs: Pick<TenantConfigs, 'atLeast'>;
  readonly queue: Pick<DeliveryQueue, 'offer'>;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Removes events, deliveries and attempts that are past retention, a week at once, and old dead letters. What is still open
 * becomes a dead letter first, so that nothing that was accepted ends in silence. Run by the leading worker; every step may be
 * repeated, and a run that fails or dies is completed by the next one.
 */
export class RetentionSweep {
  readonly #deps: RetentionDeps;

  constructor(deps: RetentionDeps) {
    this.#deps = deps;
  }

  /**
   * One run.
   *
   * @param goesOn asked between transactions: false leaves the rest to another run
   * @throws Unavailable
   */
  async sweep(goesOn: () => boolean = () => true): Promise<void> {
    const { retention, store, log } = this.#deps;
    const { days, deadLetterDays } = retention;
    if (days === undefined && deadLetterDays === undefined) return;
    const nowMs = await store.nowMs();
    if (days !== undefined) {
      await this.#dropRemoved(); // of a run that died
      for (const part of await store.expired(nowMs - days * DAY_MS)) await this.#remove(part, days, goesOn);
    }
    if (deadLetterDays === undefined || !goesOn()) return;
    const deleted = await this.#deleteLetters(nowMs - deadLetterDays * DAY_MS);
    if (deleted > 0) log.info({ count: deleted }, 'deleted dead letters past retention');
  }

  async #remove(part: ExpiredPart, days: number, goesOn: () => boolean): Promise<void> {
    const { store, log } = this.#deps;
    const expired = await this.#expireOpen(part, days, goesOn);
    if (expired > 0) log.warn({ count: expired, part: part.name }, 'open deliveries expired: dead letters were written');
    if (!goesOn()) return;
    const outcome = await store.remove(part);
    if (outcome === 'removed') return this.#dropRemoved();
    const reason = outcome === 'busy' ? 'its tables are in use' : 'a delivery of it is being sent or was opened again';
    log.info({ part: part.name, reason }, 'rows past retention stay until the next run');
  }

  async #expireOpen(part: ExpiredPart, days: number, goesOn: () => boolean): Promise<number> {
    const { store, queue } = this.#deps;
    let count = 0;
    while (goesOn()) {
      const open = await store.open(part, EXPIRED_AT_ONCE);
      if (open.length === 0) return count;
      const { ended, released } = await store.expire(await Promise.all(open.map((delivery) => this.#plan(delivery, days))));
      for (const { operationalEvents } of ended) if (operationalEvents) offerNew(queue, operationalEvents.deliveries);
      if (released.length > 0) queue.offer(released);
      if (ended.length === 0) return count; // claimed meanwhile
      count += ended.length;
    }
    return count;
  }

  async #plan(delivery: ExpiringDelivery, days: number): Promise<Expiry> {
    const reason = `expired: still open after ${days} days (RETENTION_DAYS)`;
    if (!delivery.hasLetter) return { delivery, reason, deadLetterId: undefined, operationalEvents: undefined };
    const { configs, clock } = this.#deps;
    const nowMs = clock();
    const deadLetterId = newId('deadLetter', nowMs);
    const loaded = await configs.atLeast(delivery.tenantId, delivery.configVersion);
    const dead = { ...delivery, deadLetterId, reason, lastStatus: delivery.lastStatus ?? null };
    return { delivery, reason, deadLetterId, operationalEvents: loaded && planDeliveryDead(loaded, dead, nowMs) };
  }

  async #dropRemoved(): Promise<void> {
    const dropped = await this.#deps.store.dropRemoved();
    if (dropped.length > 0) this.#deps.log.info({ tables: dropped }, 'dropped partitions past retention');
  }

  async #deleteLetters(beforeMs: number): Promise<number> {
    let total = 0;
    for (let chunk = 0; chunk < MAX_LETTER_CHUNKS; chunk++) {
      const deleted = await this.#deps.store.deleteDeadLetters(beforeMs, LETTERS_AT_ONCE);
      total += deleted;
      if (deleted < LETTERS_AT_ONCE) break;
    }
    return total;
  }
}
