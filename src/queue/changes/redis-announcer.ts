import type { Redis } from 'ioredis';
import type { Change } from '../../domain/change.ts';
import type { AnnouncedChanges, Announcer } from '../../ports/changes.ts';
import { bounded, COMMAND_TIMEOUT_MS, connectFailingFast, type RedisOptions, whenReady } from '../redis.ts';
import { CHANGES_FIELD, epochKey, MISSED_FIELD, streamKey, writeChanges } from './entries.ts';

/** Changes of this time are written together: one command, whatever the load. */
const PACE_MS = 50;
const MAX_CHANGES = 100;
/** Beyond this many, changes are left out, and the next entry says so. */
const MAX_PENDING = 5000;
/** About 100 MB at the very most: 2,000 full entries, at more than 2,000 changes a second of one process. */
const MAX_ENTRIES = 2000;
/** After a write that reached nobody, how long no further one is tried. */
export const QUIET_MS = 500;

/**
 * Appends changes to the stream in Redis, which exists only while somebody watches: an append to a stream that is not there has
 * no effect, and shows that nobody watches. So an announcement costs a comparison then, and a write each half second.
 */
export class RedisAnnouncer implements Announcer, AnnouncedChanges {
  readonly #redis: Redis;
  readonly #key: string;
  #pending: Change[] = [];
  #timer: NodeJS.Timeout | undefined;
  #isWriting = false;
  #quietUntilMs = 0;
  /** The last write reached the stream. */
  #isWatched = false;
  #missed = false;

  constructor({ url, prefix }: RedisOptions) {
    this.#redis = connectFailingFast(url);
    this.#redis.on('error', () => {}); // the queue's connection to the same server reports it
    this.#key = streamKey(prefix);
  }

  get isWanted(): boolean {
    return performance.now() >= this.#quietUntilMs;
  }

  announce(changes: () => readonly Change[]): void {
    if (!this.isWanted) return;
    if (this.#pending.length >= MAX_PENDING) {
      this.#missed = true;
      return;
    }
    for (const change of changes()) this.#pending.push(change);
    this.#schedule(PACE_MS);
  }

  async forget(): Promise<void> {
    await bounded(
      whenReady(this.#redis, COMMAND_TIMEOUT_MS).then(() => this.#redis.unlink(this.#key, epochKey(this.#key))),
    );
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#redis.disconnect();
  }

  #schedule(ms: number): void {
    if (this.#isWriting || this.#pending.length === 0) return;
    this.#timer ??= setTimeout(() => void this.#write(), ms);
  }

  async #write(): Promise<void> {
    this.#timer = undefined;
    this.#isWriting = true;
    const changes = this.#pending;
    const missed = this.#missed;
    this.#pending = [];
    this.#missed = false;
    try {
      this.#isWatched = await this.#append(changes, missed);
      if (!this.#isWatched) this.#quietUntilMs = performance.now() + QUIET_MS;
    } catch {
      // Redis is unavailable: those who watch learn that from it, or from the next entry
      this.#missed = this.#isWatched || missed;
      this.#quietUntilMs = performance.now() + QUIET_MS;
    }
    this.#isWriting = false;
    this.#schedule(PACE_MS);
  }

  /** True when the stream was there. @throws Error when Redis does not answer */
  async #append(changes: readonly Change[], missed: boolean): Promise<boolean> {
    const pipeline = this.#redis.pipeline();
    for (let start = 0; start < changes.length; start += MAX_CHANGES) {
      const json = writeChanges(changes.slice(start, start + MAX_CHANGES));
      const notice = missed && start === 0 ? [MISSED_FIELD, '1'] : [];
      pipeline.call(
        'XADD',
        this.#key,
        ...['NOMKSTREAM', 'MAXLEN', '~', String(MAX_ENTRIES), '*'],
        ...[CHANGES_FIELD, json, ...notice],
      );
    }
    const replies = (await pipeline.exec()) ?? [];
    for (const [error] of replies) if (error) throw error;
    return replies.some(([, id]) => id !== null);
  }
}
