import type { ServerResponse } from 'node:http';
import { isUnavailable } from '../../domain/errors.ts';
import { readPosition } from '../../domain/feed-position.ts';
import { parseId } from '../../domain/id.ts';
import type { Readiness } from '../../domain/readiness.ts';
import type { TenantConfigs } from '../../pipeline/tenant-configs.ts';
import type { ChangeFeed, FeedEntry } from '../../ports/changes.ts';
import type { ApiKeyStore } from '../../ports/configuration.ts';
import type { PersonStore } from '../../ports/people.ts';
import type { Clock, Log } from '../../ports/process.ts';
import { tooMany } from '../problem.ts';
import { EventWriter } from './event-writer.ts';
import { type Outgoing, TICK_MS } from './outbox.ts';
import { type ReplayDeps, ReplayProgress } from './replay-progress.ts';
import { type ShowChangesDeps, ShownChanges } from './show-changes.ts';
import { StatisticsProgress, type WatchedStatisticsDeps } from './statistics-progress.ts';
import { Subscriber } from './subscriber.ts';
import type { Wanted } from './topics.ts';

export type ChangeStreamsDeps = ShowChangesDeps & ReplayDeps & WatchedStatisticsDeps & StreamDeps;

interface StreamDeps {
  readonly feed: ChangeFeed;
  readonly configs: Pick<TenantConfigs, 'any' | 'fresh' | 'cached'>;
  readonly apiKeys: Pick<ApiKeyStore, 'find'>;
  readonly people: Pick<PersonStore, 'find'>;
  readonly servers: { readiness(): Promise<Readiness> };
  readonly clock: Clock;
  readonly log: Log;
  readonly limits: StreamLimits;
}

/** The most streams that are open at once in this process. */
export interface StreamLimits {
  readonly ofKey: number;
  readonly inAll: number;
}

const HEARTBEAT_MS = 10_000;
const SYSTEM_MS = 2000;
/** Counts are kept with a delay of some seconds. */
const STATISTICS_MS = 5000;
/** More than this is no gap that a client can fill message by message. */
const MAX_RESUMED = 1000;

/** The open streams of this process: reads the feed while there are any, and sends each what it wants. */
export class ChangeStreams {
  readonly #deps: ChangeStreamsDeps;
  readonly #subscribers = new Set<Subscriber>();
  readonly #replays: ReplayProgress;
  readonly #statistics: StatisticsProgress;
  #timers: readonly NodeJS.Timeout[] = [];
  #isSending = false;
  #isEnding = false;
  #feedAnswers = true;
  #lastSystem = '';

  constructor(deps: ChangeStreamsDeps) {
    this.#deps = deps;
    this.#replays = new ReplayProgress(deps);
    this.#statistics = new StatisticsProgress(deps);
  }

  /** @throws HttpProblem 429 when the key, or all keys together, have as many streams as they may */
  admit({ caller }: Pick<Wanted, 'caller'>): void {
    const { ofKey, inAll } = this.#deps.limits;
    const own = [...this.#subscribers].filter(({ wanted }) => wanted.caller.id === caller.id);
    if (own.length >= ofKey) throw tooMany(`This key has ${ofKey} streams open, which is the most that it may.`);
    if (this.#subscribers.size >= inAll) throw tooMany('This process has as many streams open as it may.');
  }

  /** Begins a stream that was admitted. */
  begin(wanted: Wanted, response: ServerResponse): void {
    const writer = new EventWriter(response);
    const subscriber = new Subscriber(wanted, writer, ({ tenantId, endpointId }) => {
      return this.#deps.configs.cached(tenantId)?.config.endpoints.get(endpointId)?.integrationId;
    });
    writer.begin();
    if (this.#isEnding) {
      subscriber.end('shutdown');
      return;
    }
    this.#subscribers.add(subscriber);
    writer.onClose(() => this.#remove(subscriber));
    if (this.#subscribers.size === 1) this.#start();
    void this.#open(subscriber).catch((error: unknown) => {
      // the client connects again, as after any break
      if (!isUnavailable(error)) this.#deps.log.error({ err: error }, 'a stream could not begin');
      writer.end();
    });
  }

  /** Ends all streams: the process is shutting down. */
  end(): void {
    this.#isEnding = true;
    for (const subscriber of this.#subscribers) subscriber.end('shutdown');
  }

  #start(): void {
    this.#deps.feed.start({
      changed: (entries) => this.#take(entries),
      missed: () => this.#reset(),
      available: (isAvailable) => this.#noteFeed(isAvailable),
    });
    this.#timers = [
      setInterval(() => void this.#tick(), TICK_MS),
      setInterval(() => void this.#beat(), HEARTBEAT_MS),
      setInterval(() => void this.#reportSystem(), SYSTEM_MS),
      setInterval(() => void this.#replays.report(this.#subscribers), SYSTEM_MS),
      setInterval(() => void this.#statistics.report(this.#subscribers), STATISTICS_MS),
    ];
  }

  #remove(subscriber: Subscriber): void {
    this.#subscribers.delete(subscriber);
    if (this.#subscribers.size > 0) return;
    for (const timer of this.#timers) clearInterval(timer);
    this.#deps.feed.stop();
    this.#feedAnswers = true;
    this.#lastSystem = '';
  }

  /** Sends what a resumed stream has missed, and lets it go on with what comes. */
  async #open(subscriber: Subscriber): Promise<void> {
    const { feed } = this.#deps;
    const { lastEventId, topics } = subscriber.wanted;
    const isReady = await feed.ready();
    if (!isReady || topics.system) subscriber.send({ event: 'system', data: await this.#readiness() });
    await this.#replays.report([subscriber]);
    await this.#statistics.report([subscriber]);
    const resumed = isReady && lastEventId !== undefined && (await this.#resume(subscriber, lastEventId));
    if (lastEventId !== undefined && !resumed && isReady) subscriber.reset();
    if (!resumed) subscriber.goOn(feed.position, false);
  }

  /** False when it is not known what was missed, or it was too much. */
  async #resume(subscriber: Subscriber, lastEventId: string): Promise<boolean> {
    const from = readPosition(lastEventId);
    if (!from) return false;
    const missed: Outgoing[] = [];
    let last = from;
    const isComplete = await this.#deps.feed.since(from, (entries) => {
      for (const entry of entries) {
        last = entry.position;
        const outgoing = subscriber.wants(entry);
        if (outgoing) missed.push(outgoing);
      }
      return missed.length <= MAX_RESUMED;
    });
    if (!isComplete) return false;
    const shown = new ShownChanges(this.#deps);
    await shown.load(missed);
    for (const outgoing of missed) await this.#send(subscriber, outgoing, shown);
    subscriber.goOn(last, true);
    return true;
  }

  #take(entries: readonly FeedEntry[]): void {
    for (const subscriber of this.#subscribers) subscriber.take(entries);
  }

  #reset(): void {
    for (const subscriber of this.#subscribers) subscriber.reset(this.#deps.feed.position);
  }

  #noteFeed(isAvailable: boolean): void {
    this.#feedAnswers = isAvailable;
    void this.#reportSystem(true);
  }

  /** Sends what waits. What cannot be read now is missed: the clients read it again when they can. */
  async #tick(): Promise<void> {
    if (this.#isSending) return;
    this.#isSending = true;
    const taken = [...this.#subscribers].map((subscriber) => ({ subscriber, ...subscriber.outbox.take() }));
    try {
      const shown = new ShownChanges(this.#deps);
      await shown.load(taken.flatMap(({ outgoing }) => outgoing));
      for (const { subscriber, outgoing, skipped } of taken) {
        for (const one of outgoing) await this.#send(subscriber, one, shown);
        if (skipped) subscriber.send({ event: 'skipped', data: skipped });
      }
    } catch (error) {
      if (!isUnavailable(error)) this.#deps.log.error({ err: error }, 'changes could not be shown to those who watch');
      for (const { subscriber, outgoing } of taken) if (outgoing.length > 0) subscriber.reset();
    }
    this.#isSending = false;
  }

  async #send(subscriber: Subscriber, outgoing: Outgoing, shown: ShownChanges): Promise<void> {
    const { topics, filter } = subscriber.wanted;
    const { change, position } = outgoing.entry;
    const isAlone = change.kind === 'delivery' && topics.deliveryIds.includes(change.deliveryId);
    const message = await shown.messageOf(outgoing, isAlone ? undefined : filter);
    if (message) subscriber.send(message, position);
  }

  /** Heartbeats, and the end of streams whose key was revoked or whose session has ended. */
  async #beat(): Promise<void> {
    const nowMs = this.#deps.clock();
    const valid = new Map<string, Promise<boolean>>();
    for (const subscriber of [...this.#subscribers]) {
      const { id } = subscriber.wanted.caller;
      const isValid = valid.get(id) ?? this.#isValid(id);
      valid.set(id, isValid);
      subscriber.heartbeat(nowMs, this.#isSending ? undefined : this.#deps.feed.position);
    }
    for (const subscriber of [...this.#subscribers]) {
      const isValid = await valid.get(subscriber.wanted.caller.id);
      if (isValid === false || subscriber.hasExpired) subscriber.end('revoked');
    }
  }

  /** While that cannot be found out, a key counts as valid. */
  async #isValid(callerId: string): Promise<boolean> {
    const personId = parseId('person', callerId);
    const id = parseId('apiKey', callerId);
    try {
      if (personId) return (await this.#deps.people.find(personId))?.role !== undefined;
      if (!id) return true; // the configured admin key ends with the process
      const key = await this.#deps.apiKeys.find(id);
      return key !== undefined && key.revokedAt === undefined;
    } catch (error) {
      if (!isUnavailable(error)) this.#deps.log.error({ err: error }, 'a key could not be checked');
      return true;
    }
  }

  /** @param toAll to every stream, since it is about all of them */
  async #reportSystem(toAll = false): Promise<void> {
    const data = await this.#readiness();
    const text = JSON.stringify(data);
    if (text === this.#lastSystem) return;
    const isFirst = this.#lastSystem === '';
    this.#lastSystem = text;
    for (const subscriber of this.#subscribers) {
      if (toAll || (subscriber.wanted.topics.system && !isFirst)) subscriber.send({ event: 'system', data });
    }
  }

  async #readiness(): Promise<Readiness> {
    const readiness = await this.#deps.servers.readiness();
    if (this.#feedAnswers || !readiness.parts.redis.ok) return readiness;
    const status = readiness.status === 'ready' ? 'degraded' : readiness.status;
    return { status, parts: { ...readiness.parts, redis: { ok: false, detail: 'does not answer' } } };
  }
}
