import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../support/poll.ts';
import { nowMs } from './clock.ts';
import type { Target } from './targets.ts';

/** An event that was answered with 202. */
export interface AcceptedEvent {
  readonly producerId: string;
  readonly eventId: string;
  /** Events of one pass are accepted in the order of `number`. */
  readonly passId: string;
  readonly number: number;
  readonly target: Target;
  readonly acceptedAtMs: number;
}

export interface Answers {
  /** Requests that had to be repeated. */
  readonly repeats: number;
  /** Neither success nor 503. */
  readonly wrong: readonly string[];
  /** The longest that an answer took. */
  readonly slowestMs: number;
}

export interface Load {
  readonly events: number;
  /** They are spread over this long. */
  readonly sendForMs: number;
  /** So many of them go to hostile endpoints, if there are such. */
  readonly hostileEvents: number;
}

interface ProducerLoad extends Load {
  /** So many bytes are added to each event. */
  readonly eventBytes: number;
}

interface BatchAnswer {
  readonly results: readonly { readonly status: string; readonly id?: string }[];
}

type Draft = Omit<AcceptedEvent, 'eventId' | 'acceptedAtMs'>;

const BATCH_EVERY_MS = 50;
/** Batches under way at once; a multiple of the tenants, so that a lane is of one tenant. */
const LANES = 8;
const EVENTS_PER_PASS = 10;
/** How often a refused request is repeated, as the docs advise producers. */
const REPEAT_MS = 100;
const GIVE_UP_MS = 120_000;

/**
 * Posts batches at a steady rate, and repeats with the same ids the batches that were answered with 503 or not at all. A lane sends one
 * batch after another and has its passes for itself, so a pass's events are accepted in the order of their numbers.
 */
export class Producer {
  readonly accepted: AcceptedEvent[] = [];
  /** Requests without an answer yet. */
  underWay = 0;
  readonly #answers = { repeats: 0, wrong: [] as string[], slowestMs: 0 };
  readonly #targets: readonly (readonly Target[])[];
  readonly #hostile: readonly (readonly Target[])[];
  readonly #load: ProducerLoad;

  constructor(targets: readonly Target[], load: ProducerLoad) {
    const tenants = Math.max(...targets.map(({ tenant }) => tenant)) + 1;
    const byTenant = (isHostile: boolean) =>
      Array.from({ length: tenants }, (_, tenant) =>
        targets.filter((target) => target.tenant === tenant && target.isHostile === isHostile),
      );
    this.#targets = byTenant(false);
    this.#hostile = byTenant(true);
    this.#load = load;
  }

  /** How the API answered so far. */
  get answers(): Answers {
    return this.#answers;
  }

  /** Sends all events and resolves when all are accepted. */
  async send(): Promise<void> {
    const startedAtMs = nowMs();
    await Promise.all(Array.from({ length: LANES }, (_, lane) => this.#sendLane(lane, startedAtMs)));
  }

  /** Waits until this share of all events is accepted. */
  async reaches(share: number): Promise<void> {
    const count = Math.floor(share * this.#load.events);
    await eventually(() => this.accepted.length >= count, { what: `${count} accepted`, withinMs: GIVE_UP_MS, everyMs: 5 });
  }

  async #sendLane(lane: number, startedAtMs: number): Promise<void> {
    const { events, sendForMs } = this.#load;
    const batches = Math.ceil(sendForMs / BATCH_EVERY_MS);
    const size = Math.ceil(events / batches);
    const drafts = this.#drafts(lane, Math.ceil(events / LANES));
    let sent = 0;
    for (let batch = lane; batch * size < events; batch += LANES) {
      const early = startedAtMs + batch * BATCH_EVERY_MS - nowMs();
      if (early > 0) await sleep(early);
      const count = Math.min(size, events - batch * size);
      await this.#sendBatch(Array.from({ length: count }, (_, index) => drafts(sent + index)));
      sent += count;
    }
  }

  /** The event of a lane by its number: passes round robin, now and then one for a hostile endpoint. */
  #drafts(lane: number, size: number): (index: number) => Draft {
    const targets = this.#targets[lane % this.#targets.length] ?? [];
    const hostile = this.#hostile[lane % this.#hostile.length] ?? [];
    const passes = Math.ceil(size / EVENTS_PER_PASS);
    const hostileEvery = hostile.length > 0 ? Math.floor(this.#load.events / this.#load.hostileEvents) : Infinity;
    return (index) => {
      const pass = index % passes;
      const isHostile = index % hostileEvery === hostileEvery - 1;
      const choice = isHostile ? hostile : targets;
      const turn = isHostile ? Math.floor(index / hostileEvery) : pass;
      const passId = `pass-${lane}-${pass}`;
      const number = Math.floor(index / passes);
      return { producerId: `${passId}-${number}`, passId, number, target: choice[turn % choice.length] as Target };
    };
  }

  async #sendBatch(drafts: readonly Draft[]): Promise<void> {
    const [first] = drafts;
    if (!first) return;
    const events = drafts.map(({ producerId, passId, target }) => ({
      id: producerId,
      type: 'pass.updated',
      templateId: target.templateId,
      occurredAt: '2026-03-01T12:00:00Z',
      pass: { id: passId, ...this.#padding() },
    }));
    const { results } = await eventually(() => this.#tryBatch(first.target, events), {
      what: 'a batch accepted',
      withinMs: GIVE_UP_MS,
      everyMs: REPEAT_MS,
    });
    const acceptedAtMs = nowMs();
    for (const [index, draft] of drafts.entries()) {
      const eventId = results[index]?.id;
      if (!eventId) throw new Error(`event ${draft.producerId} was refused: ${JSON.stringify(results[index])}`);
      this.accepted.push({ ...draft, eventId, acceptedAtMs });
    }
  }

  /** Random, so that Postgres cannot compress it. */
  #padding(): object {
    const { eventBytes } = this.#load;
    return eventBytes > 0 ? { fields: { note: randomBytes(eventBytes / 2).toString('hex') } } : {};
  }

  async #tryBatch({ client }: Target, events: readonly object[]): Promise<BatchAnswer | undefined> {
    this.underWay += 1;
    const startedAtMs = nowMs();
    // the fault may break the connection or cut the answer off: a producer sends the same ids again, for a bounded time
    const answer = await client.call<BatchAnswer>('POST', '/v1/events/batch', { events }).catch(() => undefined);
    this.underWay -= 1;
    this.#answers.slowestMs = Math.max(this.#answers.slowestMs, nowMs() - startedAtMs);
    if (answer && answer.status < 300) return answer.body;
    if (answer && answer.status !== 503) this.#answers.wrong.push(`${answer.status} ${answer.text}`);
    this.#answers.repeats += 1;
    return undefined;
  }
}
