import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { type FeedPosition, isAfter } from '../../domain/feed-position.ts';
import type { ChangeFeed, FeedEntry, FeedListener } from '../../ports/changes.ts';
import type { Log } from '../../ports/process.ts';
import { bounded, COMMAND_TIMEOUT_MS, connectFailingFast, type RedisOptions, whenReady } from '../redis.ts';
import { entryId, type RawEntry, readEntry, streamKey } from './entries.ts';
import { type OpenedStream, openStream } from './open-stream.ts';
import { QUIET_MS } from './redis-announcer.ts';

/** When a stream is this old, every process has noticed that it is there. */
const NOTICED_MS = QUIET_MS + 300;
const BLOCK_MS = 1000;
/** Entries that are read at once: two thousand changes, whose parsing takes some 10 ms. */
const MAX_READ = 20;
const RETRY_MS = 500;
const READY_MS = 3000;

/** Reads the stream of changes in Redis, and keeps it there meanwhile. */
export class RedisFeed implements ChangeFeed {
  readonly #prefix: string;
  readonly #key: string;
  /** Blocks while there is nothing to read. */
  readonly #reader: Redis;
  readonly #commands: Redis;
  readonly #log: Log;
  #run: Run | undefined;

  constructor({ url, prefix }: RedisOptions, log: Log) {
    this.#log = log;
    this.#prefix = prefix;
    this.#key = streamKey(prefix);
    this.#reader = connectFailingFast(url);
    this.#commands = connectFailingFast(url);
    // the queue's connection to the same server reports errors
    for (const redis of [this.#reader, this.#commands]) redis.on('error', () => {});
  }

  start(listener: FeedListener): void {
    this.#run = new Run(listener);
    void this.#read(this.#run);
  }

  stop(): void {
    this.#run?.stop();
    this.#run = undefined;
  }

  close(): void {
    this.stop();
    this.#reader.disconnect();
    this.#commands.disconnect();
  }

  get position(): FeedPosition | undefined {
    return this.#run?.position;
  }

  async ready(): Promise<boolean> {
    const untilMs = performance.now() + READY_MS;
    for (let run = this.#run; run && performance.now() < untilMs; run = this.#run) {
      if (run.isAvailable && run.stream && performance.now() >= run.completeAtMs) return true;
      if (run.hasFailed) return false;
      await sleep(20);
    }
    return false;
  }

  async since(after: FeedPosition, take: (entries: readonly FeedEntry[]) => boolean): Promise<boolean> {
    if (after.epoch !== this.#run?.stream?.epoch) return false;
    const { epoch } = after;
    const first = `${after.ms}-${after.sequence}`;
    for (let from = first; ; ) {
      const raw: RawEntry[] = await bounded(this.#commands.xrange(this.#key, from, '+', 'COUNT', MAX_READ));
      for (const entry of raw) {
        const { entries, missed } = readEntry(epoch, entry);
        if (missed || !take(entries.filter(({ position }) => isAfter(position, after)))) return false;
      }
      const last = raw.at(-1);
      if (!last || raw.length < MAX_READ) break;
      from = `(${last[0]}`;
    }
    // afterwards, since entries can be trimmed at any time
    const [oldest] = await bounded(this.#commands.xrange(this.#key, '-', '+', 'COUNT', 1));
    return oldest !== undefined && !isAfter({ epoch, ...entryId(oldest[0]), index: 0 }, { ...after, index: 0 });
  }

  /** Until the run is stopped. Never throws. */
  async #read(run: Run): Promise<void> {
    while (!run.isStopped) {
      try {
        await whenReady(this.#reader, COMMAND_TIMEOUT_MS);
        if (run.wantsRenewal) run.opened(await openStream(this.#reader, this.#prefix, randomBytes(4).toString('hex')));
        const read = await this.#reader.xread('COUNT', MAX_READ, 'BLOCK', BLOCK_MS, 'STREAMS', this.#key, run.lastId);
        for (const [, entries] of read ?? []) run.take(entries);
      } catch (error) {
        if (run.isStopped) return;
        if (!run.hasFailed) this.#log.warn({ err: error }, 'redis: announced changes could not be read');
        run.failed();
        // what a frozen Redis answers later belongs to no command any more
        if (this.#reader.status === 'ready') this.#reader.disconnect(true);
        await sleep(RETRY_MS);
      }
    }
  }
}

/** Reading from a start to a stop. */
class Run {
  readonly #listener: FeedListener;
  stream: OpenedStream | undefined;
  lastId = '0-0';
  position: FeedPosition | undefined;
  isStopped = false;
  isAvailable = false;
  hasFailed = false;
  /** From then on, by `performance.now()`, every process announces. */
  completeAtMs = Number.POSITIVE_INFINITY;
  #missed: NodeJS.Timeout | undefined;
  #openedAtMs = Number.NEGATIVE_INFINITY;

  constructor(listener: FeedListener) {
    this.#listener = listener;
  }

  /** Whether to look again if the stream is still the same one. */
  get wantsRenewal(): boolean {
    return !this.isAvailable || performance.now() - this.#openedAtMs >= BLOCK_MS;
  }

  stop(): void {
    this.isStopped = true;
    clearTimeout(this.#missed);
  }

  /** The stream is there: the same one, or another one, after Redis lost the first. */
  opened(stream: OpenedStream): void {
    if (this.isStopped) return;
    this.#openedAtMs = performance.now();
    const before = this.stream;
    const isOther = before?.epoch !== stream.epoch;
    if (isOther) {
      this.stream = stream;
      // one that has watched before sees all of the new one; the first look is at what comes
      this.lastId = before ? '0-0' : stream.lastId;
      this.position = { epoch: stream.epoch, ...entryId(this.lastId), index: Number.MAX_SAFE_INTEGER };
      this.completeAtMs = performance.now() + Math.max(0, NOTICED_MS - stream.ageMs);
    }
    const wasAvailable = this.isAvailable;
    this.isAvailable = true;
    if (!wasAvailable && this.hasFailed) this.#listener.available(true);
    if ((isOther && before) || (!wasAvailable && this.hasFailed)) this.#reportMissed();
    this.hasFailed = false;
  }

  take(raw: readonly RawEntry[]): void {
    const epoch = this.stream?.epoch ?? '';
    for (const entry of raw) {
      if (this.isStopped) return;
      this.lastId = entry[0]; // first, so that one that cannot be read is not read again
      const { entries, missed } = readEntry(epoch, entry);
      this.position = { epoch, ...entryId(entry[0]), index: Number.MAX_SAFE_INTEGER };
      if (entries.length > 0) this.#listener.changed(entries);
      if (missed) this.#listener.missed();
    }
  }

  failed(): void {
    const wasAvailable = !this.hasFailed;
    this.hasFailed = true;
    this.isAvailable = false;
    if (wasAvailable) this.#listener.available(false);
  }

  /** Once every process announces again. */
  #reportMissed(): void {
    clearTimeout(this.#missed);
    this.#missed = setTimeout(() => this.#listener.missed(), Math.max(NOTICED_MS, this.completeAtMs - performance.now()));
  }
}
