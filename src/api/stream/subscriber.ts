import { type FeedPosition, isAfter, writePosition } from '../../domain/feed-position.ts';
import type { IntegrationId } from '../../domain/id.ts';
import type { FeedEntry } from '../../ports/changes.ts';
import type { EventWriter } from './event-writer.ts';
import { concerns, matches } from './filter-changes.ts';
import type { StreamMessage } from './messages.ts';
import { Outbox, type Outgoing } from './outbox.ts';
import type { Wanted } from './topics.ts';

export type IntegrationOf = (change: FeedEntry['change']) => IntegrationId | undefined;

const MAX_HELD = 2000;

/** One open stream: what it wants, and what it was sent. */
export class Subscriber {
  readonly wanted: Wanted;
  readonly outbox = new Outbox();
  readonly #writer: EventWriter;
  readonly #integrationOf: IntegrationOf;
  /** When the session of the client ends, by `performance.now()`. */
  readonly #endsAtMs: number;
  /** While it catches up: what came meanwhile. */
  #held: FeedEntry[] | undefined = [];
  /** Everything up to here was sent, skipped, or is not wanted. */
  #after: FeedPosition | undefined;

  constructor(wanted: Wanted, writer: EventWriter, integrationOf: IntegrationOf) {
    this.wanted = wanted;
    this.#writer = writer;
    this.#endsAtMs = performance.now() + (wanted.caller.sessionEndsInMs ?? Number.POSITIVE_INFINITY);
    this.#integrationOf = integrationOf;
  }

  get hasExpired(): boolean {
    return performance.now() >= this.#endsAtMs;
  }

  send({ event, data }: Pick<StreamMessage, 'event' | 'data'>, position?: FeedPosition): void {
    this.#writer.send(event, data, position && writePosition(position));
  }

  /** Undefined when the stream is not about this change. */
  wants(entry: FeedEntry): Outgoing | undefined {
    const { change } = entry;
    const { tenantId, topics, filter } = this.wanted;
    if (tenantId !== undefined && tenantId !== change.tenantId) return undefined;
    if (change.kind === 'endpoint') return topics.endpoints ? { entry, matches: true } : undefined;
    if (topics.deliveryIds.includes(change.deliveryId)) return { entry, matches: true };
    if (!topics.deliveries || !concerns(filter, change, this.#integrationOf(change))) return undefined;
    return { entry, matches: matches(filter, change) };
  }

  take(entries: readonly FeedEntry[]): void {
    if (this.#held) {
      this.#held.push(...entries.slice(0, MAX_HELD - this.#held.length));
      return;
    }
    for (const entry of entries) {
      if (this.#after && !isAfter(entry.position, this.#after)) continue;
      this.#after = entry.position;
      const outgoing = this.wants(entry);
      if (outgoing) this.outbox.add(outgoing);
    }
  }

  /** From now on it gets what comes after a position. */
  goOn(after: FeedPosition | undefined, isResumed: boolean): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    this.#after = after;
    this.send({ event: 'ready', data: { resumed: isResumed } }, after);
    this.take(held);
  }

  /** Everything before is to be read again. @param from where the feed goes on, if it lost its past */
  reset(from?: FeedPosition): void {
    this.outbox.clear();
    this.#after = from ?? this.#after;
    this.send({ event: 'reset', data: {} }, this.#after);
  }

  /** @param position up to which everything was passed to `take`, if nothing is being sent: a quiet stream resumes from there */
  heartbeat(nowMs: number, position: FeedPosition | undefined): void {
    const isUpToDate = this.outbox.isEmpty && this.#held === undefined;
    this.send({ event: 'heartbeat', data: { at: new Date(nowMs).toISOString() } }, isUpToDate ? position : undefined);
  }

  end(reason: 'shutdown' | 'revoked'): void {
    this.send({ event: 'end', data: { reason } });
    this.#writer.end();
  }
}
