import { type Composer, createComposer } from '../dialects/compose-request.ts';
import { Unbuildable } from '../dialects/dialect.ts';
import type { SendOutcome, Verdict } from '../domain/attempt.ts';
import type { Attempt, SentRequest, Unbuildable as UnbuildableOutcome } from '../domain/delivery.ts';
import { type EndpointSignal, type Limits, signalOf } from '../domain/endpoint-signal.ts';
import { isUnavailable } from '../domain/errors.ts';
import { type DeliveryId, newId, type SubscriptionId } from '../domain/id.ts';
import { MappingCollision } from '../domain/mapping.ts';
import { isOperationalEvent } from '../domain/operational-event.ts';
import { nextState } from '../domain/retry.ts';
import type { SecretBox } from '../domain/secret-box.ts';
import { verdictOf } from '../domain/verdict.ts';
import type { AttemptRecord, ClaimedDelivery, ClaimStore, ReturnedClaim } from '../ports/claims.ts';
import type { SubscriptionStore } from '../ports/configuration.ts';
import type { Clock, Log, Random } from '../ports/process.ts';
import type { DeliveryQueue, DueDelivery } from '../ports/queue.ts';
import type { Sender } from '../ports/sending.ts';
import { Batcher, isolatingFailures } from './batcher.ts';
import { disableEndpoint, offerAnnounced } from './endpoint-switches.ts';
import { announceDeath } from './operational-events.ts';
import type { LoadedConfig, TenantConfigs } from './tenant-configs.ts';

export interface DelivererDeps {
  readonly ledger: ClaimStore;
  readonly subscriptions: SubscriptionStore;
  readonly configs: TenantConfigs;
  readonly queue: DeliveryQueue;
  readonly sender: Sender;
  readonly box: SecretBox;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

const MAX_CLAIMS = 500;
const MAX_RECORDS = 200;
/** Results are in no hurry, and each write of them is a commit: those of so many milliseconds go together. */
const RECORD_PACE_MS = 10;
const ENOUGH_RECORDS = 8;
/** How long a result is kept and tried again while Postgres is away: about what is left of the claim's lease. */
const SETTLE_FOR_MS = 25_000;
const SETTLE_RETRY_MS = 500;

/** What an attempt said of its endpoint, and what the endpoint may be given where that is known. */
export interface Delivered {
  readonly pace: EndpointSignal;
  readonly limits: Limits | undefined;
}

const NOT_SENT: Delivered = { pace: { kind: 'none', pauseMs: 0 }, limits: undefined };

/** Delivers what the queue hands it: claim, build, send, judge, record. */
export class Deliverer {
  readonly #deps: DelivererDeps;
  readonly #claims: Batcher<Wanted, ClaimedDelivery | undefined>;
  readonly #records: Batcher<AttemptRecord, boolean | Error>;
  readonly #composers = new WeakMap<LoadedConfig, Map<SubscriptionId, Composer>>();
  readonly #inHand = new Map<ClaimedDelivery, () => void>();

  constructor(deps: DelivererDeps) {
    this.#deps = deps;
    this.#claims = new Batcher((wanted) => this.#claim(wanted), { maxWeight: MAX_CLAIMS, maxInFlight: 2 });
    const write = isolatingFailures((records: readonly AttemptRecord[]) => this.#write(records), isUnavailable);
    this.#records = new Batcher(write, {
      maxWeight: MAX_RECORDS,
      maxInFlight: 2,
      paceMs: RECORD_PACE_MS,
      enough: ENOUGH_RECORDS,
    });
  }

  /**
   * Makes one attempt, if the delivery is due and at that attempt; else does nothing. Whatever the receiver does is
   * recorded, not thrown.
   *
   * @param place waits for the attempt's place in the endpoint's rate
   * @returns what the attempt said of the endpoint
   * @throws Unavailable when Postgres is away: the claim's lease runs out and `recover` brings the delivery back
   */
  async deliver(deliveryId: DeliveryId, attempt: number, place: () => Promise<void>): Promise<Delivered> {
    const claimed = await this.#claims.add({ deliveryId, attempt });
    if (!claimed) return NOT_SENT;
    try {
      return await new Promise<Delivered>((resolve, reject) => {
        this.#inHand.set(claimed, () => resolve(NOT_SENT));
        this.#work(claimed, place).then(resolve, reject);
      });
    } finally {
      this.#inHand.delete(claimed);
    }
  }

  /**
   * Gives back what is still under way, for a shutdown past its deadline: every `deliver` returns, though its try may go on,
   * and what comes of that is not written.
   *
   * @returns what another worker can have at once
   * @throws Unavailable when Postgres is away: the leases run out instead
   */
  async handBack(): Promise<readonly DueDelivery[]> {
    const inHand = [...this.#inHand];
    try {
      const returns = inHand.map(([claimed]): ReturnedClaim => ({ claimed, to: { state: 'pending' } }));
      if (returns.length > 0) await this.#deps.ledger.giveBack(returns);
    } finally {
      for (const [, release] of inHand) release();
    }
    return inHand.map(([{ id, tenantId, endpointId, attempt }]) => ({
      deliveryId: id,
      tenantId,
      endpointId,
      attempt,
      delayMs: 0,
    }));
  }

  /** The same attempt may be asked for twice at once, by a job that was taken for dead; one of them has it. */
  async #claim(wanted: readonly Wanted[]): Promise<(ClaimedDelivery | undefined)[]> {
    const asked = new Map(wanted.map((one) => [attemptKey(one.deliveryId, one.attempt), one]));
    const claimed = new Map<string, ClaimedDelivery>();
    for (const one of await this.#deps.ledger.claim([...asked.values()])) claimed.set(attemptKey(one.id, one.attempt), one);
    return wanted.map(({ deliveryId, attempt }) => {
      const key = attemptKey(deliveryId, attempt);
      const one = claimed.get(key);
      claimed.delete(key);
      return one;
    });
  }

  async #write(records: readonly AttemptRecord[]): Promise<boolean[]> {
    const { written, released } = await this.#deps.ledger.settle(records);
    if (released.length > 0) this.#deps.queue.offer(released);
    const stood = new Set(written);
    return records.map((record) => stood.has(record));
  }

  async #work(claimed: ClaimedDelivery, place: () => Promise<void>): Promise<Delivered> {
    const plan = await this.#plan(claimed);
    if (!('to' in plan)) return this.#attempt(claimed, plan, place);
    const released = await this.#deps.ledger.giveBack([{ claimed, to: plan.to }]);
    if (released.length > 0) this.#deps.queue.offer(released);
    return NOT_SENT;
  }

  async #plan(claimed: ClaimedDelivery): Promise<Plan | Pick<ReturnedClaim, 'to'>> {
    const loaded = await this.#deps.configs.atLeast(claimed.tenantId, claimed.configVersion);
    const subscription = loaded?.config.subscriptions.get(claimed.subscriptionId);
    const integration = subscription && loaded?.config.integrations.get(subscription.integrationId);
    if (!loaded || !subscription || !integration) return cancelled('the subscription was deleted');
    if (subscription.disabled) return { to: { state: 'held' } };
    const composer = this.#composerFor(loaded, subscription.id, () =>
      createComposer({
        integration,
        secrets: loaded.config.secrets.get(integration.id) ?? [],
        subscription,
        box: this.#deps.box,
      }),
    );
    const { body, event } = claimed;
    if (body !== undefined) return { loaded, composer, build: () => body };
    if (!event) return cancelled('the event is no longer stored');
    if (isOperationalEvent(event)) return { loaded, composer, build: () => composer.buildOperationalBody(event) };
    const template = loaded.config.templates.get(event.templateId);
    if (!template) return cancelled('the template was deleted');
    return { loaded, composer, build: () => composer.buildBody(event, template) };
  }

  #composerFor(loaded: LoadedConfig, id: SubscriptionId, create: () => Composer): Composer {
    const composers = this.#composers.get(loaded) ?? new Map<SubscriptionId, Composer>();
    this.#composers.set(loaded, composers);
    const composer = composers.get(id) ?? create();
    composers.set(id, composer);
    return composer;
  }

  async #attempt(claimed: ClaimedDelivery, plan: Plan, place: () => Promise<void>): Promise<Delivered> {
    const { composer } = plan;
    const builtMs = this.#deps.clock();
    let body: string;
    try {
      body = plan.build();
    } catch (error) {
      // one body that cannot be built must not stop the others, whatever the cause; what nobody foresaw is also logged
      const foreseen = error instanceof Unbuildable || error instanceof MappingCollision;
      if (!foreseen) this.#deps.log.error({ err: error, deliveryId: claimed.id }, 'building a body failed unexpectedly');
      const reason = foreseen ? error.message : `internal error: ${String(error)}`;
      const verdict: Verdict = { kind: 'permanent', reason: `the body cannot be built: ${reason}`, endpointGone: false };
      const outcome = { kind: 'unbuildable', reason } as const;
      await this.#record(claimed, plan, verdict, { startedMs: builtMs, outcome, request: undefined, builtBody: undefined });
      return NOT_SENT;
    }
    await place();
    const startedMs = this.#deps.clock();
    const request = composer.request(body, claimed.messageId, startedMs);
    const outcome = await this.#deps.sender.send(request);
    const { method, url } = request;
    const verdict = verdictOf(outcome, composer.policy, this.#deps.clock());
    await this.#record(claimed, plan, verdict, {
      startedMs,
      outcome,
      request: { method, url, headers: composer.redacted(request.headers) },
      builtBody: claimed.body === undefined ? body : undefined,
    });
    return { pace: signalOf(outcome, verdict), limits: composer.limits };
  }

  async #record(claimed: ClaimedDelivery, { loaded, composer }: Plan, verdict: Verdict, made: Made): Promise<void> {
    const next = nextState(verdict, composer.policy, claimed.triesMade + 1, this.#deps.random());
    const attempt: Attempt = {
      deliveryId: claimed.id,
      number: claimed.attempt,
      startedAt: new Date(made.startedMs),
      outcome: made.outcome,
      verdict: verdict.kind,
      request: made.request,
    };
    const { deadLetterId, announcement } =
      next.state === 'dead' ? this.#death(loaded, claimed, attempt, next.reason) : ALIVE;
    const written = await this.#settle({ claimed, attempt, next, builtBody: made.builtBody, deadLetterId, announcement });
    if (!written) return;
    if (announcement) offerAnnounced(this.#deps.queue, announcement);
    if (next.state === 'retrying') {
      const { id: deliveryId, tenantId, endpointId } = claimed;
      const alarm = { deliveryId, tenantId, endpointId, attempt: claimed.attempt + 1, delayMs: next.delayMs };
      this.#deps.queue.offer([{ ...alarm, limits: composer.limits }]);
    }
    if (verdict.kind === 'permanent' && verdict.endpointGone) {
      await disableEndpoint(this.#deps, claimed.tenantId, claimed.endpointId, 'gone');
    }
  }

  #death(loaded: LoadedConfig, claimed: ClaimedDelivery, attempt: Attempt, reason: string): Death {
    const nowMs = this.#deps.clock();
    const deadLetterId = newId('deadLetter', nowMs);
    return { deadLetterId, announcement: announceDeath(loaded, claimed, attempt, reason, deadLetterId, nowMs) };
  }

  /** Writes a result, again and again while Postgres is away: what was sent should not be sent twice. */
  async #settle(record: AttemptRecord): Promise<boolean> {
    const giveUpAtMs = this.#deps.clock() + SETTLE_FOR_MS;
    for (;;) {
      const written = await this.#records.add(record);
      if (!(written instanceof Error)) return written;
      if (!isUnavailable(written) || this.#deps.clock() > giveUpAtMs) throw written;
      await new Promise((resolve) => setTimeout(resolve, SETTLE_RETRY_MS));
    }
  }
}

interface Wanted {
  readonly deliveryId: DeliveryId;
  readonly attempt: number;
}

type Death = Pick<AttemptRecord, 'deadLetterId' | 'announcement'>;
const ALIVE: Death = { deadLetterId: undefined, announcement: undefined };

/** What an attempt is made with. */
interface Plan {
  readonly loaded: LoadedConfig;
  readonly composer: Composer;
  build(): string;
}

interface Made {
  readonly startedMs: number;
  readonly outcome: SendOutcome | UnbuildableOutcome;
  readonly request: SentRequest | undefined;
  readonly builtBody: string | undefined;
}

function attemptKey(id: DeliveryId, attempt: number): string {
  return `${id} ${attempt}`;
}

function cancelled(reason: string): Pick<ReturnedClaim, 'to'> {
  return { to: { state: 'cancelled', reason, by: 'system' } };
}
