import { setTimeout as sleep } from 'node:timers/promises';
import { toId } from '../../src/domain/id.ts';
import { slowdown } from '../support/busy-machine.ts';
import type { Client } from '../support/client.ts';
import { eventually } from '../support/poll.ts';
import { nowMs } from './clock.ts';
import type { Installation } from './installation.ts';
import type { Load, Producer } from './producer.ts';
import type { Refusals } from './refusals.ts';

/** How much is sent, and how long outages last. */
export interface Size extends Load {
  readonly awayMs: number;
  /** How many times as long as promised everything may take. */
  readonly patience: () => number;
}

export const FULL: Size = { events: 10_000, sendForMs: 25_000, hostileEvents: 200, awayMs: 20_000, patience: () => 1 };
/** For `npm test`, which may have to share its machine. */
export const SHORT: Size = { events: 400, sendForMs: 4000, hostileEvents: 60, awayMs: 5000, patience: slowdown };

const ANSWER_WITHIN_MS = 120_000;
const WATCH_EVERY_MS = 2;
/** Longer than a crash of Postgres takes, and too short to excuse what is sent twice later. */
const WATCH_MS = 250;

/** A run under way, for the fault of its scenario. */
export class Run {
  readonly installation: Installation;
  readonly producer: Producer;
  /** One of each tenant. */
  readonly clients: readonly Client[];
  readonly size: Size;
  /** `webhook-id`s that were in flight when a fault struck. */
  readonly inFlight = new Set<string>();
  /** When the first fault struck. */
  struckAtMs: number | undefined;
  /** Where the scenario measures them. */
  refusals: Refusals | undefined;

  readonly #hitsInFlight: boolean;

  /** @param hitsInFlight whether a fault waits until deliveries are in flight: a quick worker has moments without */
  constructor(
    installation: Installation,
    producer: Producer,
    clients: readonly Client[],
    size: Size,
    hitsInFlight = false,
  ) {
    this.installation = installation;
    this.#hitsInFlight = hitsInFlight;
    this.producer = producer;
    this.clients = clients;
    this.size = size;
  }

  /** Triggers a fault, and records the deliveries in flight before and after it: claimed by a worker, their results not written. */
  async strike(fault: (installation: Installation) => Promise<unknown>): Promise<void> {
    await this.#noteInFlight();
    if (this.#hitsInFlight) await eventually(() => this.#hasInFlight(), { what: 'deliveries in flight' });
    this.struckAtMs ??= nowMs();
    const watching = new AbortController();
    const watched = this.#watchInFlight(watching.signal);
    try {
      await fault(this.installation);
    } finally {
      watching.abort();
      await watched;
    }
    await this.#noteInFlight();
  }

  /**
   * Notes what is in flight until the fault has struck: a claim does not wait for the disk, so that a crash of Postgres can lose one
   * of the last moments, and afterwards its delivery looks as if it had not been in flight.
   */
  async #watchInFlight(signal: AbortSignal): Promise<void> {
    const untilMs = nowMs() + WATCH_MS;
    while (!signal.aborted && nowMs() < untilMs) {
      try {
        await this.#noteOnce();
      } catch {
        return; // Postgres is what the fault has struck
      }
      await sleep(WATCH_EVERY_MS);
    }
  }

  async #hasInFlight(): Promise<boolean> {
    await this.#noteInFlight();
    return this.inFlight.size > 0;
  }

  async #noteInFlight(): Promise<void> {
    const answered = async (): Promise<true> => {
      await this.#noteOnce();
      return true;
    };
    await eventually(answered, { what: 'an answer of Postgres', withinMs: ANSWER_WITHIN_MS });
  }

  async #noteOnce(): Promise<void> {
    const delivering = `SELECT message_id FROM deliveries WHERE state = 'delivering'`;
    const rows = await this.installation.query<{ message_id: string }>(delivering);
    for (const { message_id } of rows) this.inFlight.add(toId('message', message_id));
  }
}
