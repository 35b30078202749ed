import type { Composer } from '../dialects/compose-request.ts';
import { type AttemptSignal, NO_SIGNAL } from '../domain/endpoint-signal.ts';
import { type DeliveryId, newId } from '../domain/id.ts';
import { nextState, stateAfterRetryNow, stateAfterTest } from '../domain/retry.ts';
import type { SecretBox } from '../domain/secret-box.ts';
import type { AttemptRecord, ClaimedDelivery, ClaimStore, ReturnedClaim } from '../ports/claims.ts';
import type { SubscriptionStore } from '../ports/configuration.ts';
import type { Clock, Log, Random } from '../ports/process.ts';
import type { DeliveryQueue, DueDelivery } from '../ports/queue.ts';
import type { Sender } from '../ports/sending.ts';
import type { DeliveryTelemetry } from '../ports/telemetry.ts';
import { DeliveryClaimer } from './claim-deliveries.ts';
import type { EndpointConsents } from './endpoint-consents.ts';
import { disableEndpoint } from './endpoint-switches.ts';
import { type AttemptResult, makeAttempt } from './make-attempt.ts';
import { offerNew } from './new-deliveries.ts';
import { planDeliveryDead } from './operational-events.ts';
import { type AttemptPlan, AttemptPlanner } from './plan-attempt.ts';
import { AttemptRecorder } from './record-attempts.ts';
import type { LoadedConfig, TenantConfigs } from './tenant-configs.ts';
import { UnknownClaims } from './unknown-claims.ts';

export interface DelivererDeps {
  readonly claims: ClaimStore;
  readonly subscriptions: Pick<SubscriptionStore, 'disableAllOf'>;
  readonly configs: TenantConfigs;
  readonly queue: Pick<DeliveryQueue, 'offer'>;
  readonly sender: Sender;
  readonly consents: Pick<EndpointConsents, 'ask'>;
  readonly box: SecretBox;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly telemetry: Pick<DeliveryTelemetry, 'attemptMade' | 'endpointDisabled'>;
}

/** Clocks do not differ by more; `recover` brings what is due later. */
const MAX_EARLY_MS = 60_000;

/** Delivers the deliveries that the queue admitted: claim, plan, attempt, judge, record. */
export class Deliverer {
  readonly #deps: DelivererDeps;
  readonly #claimer: DeliveryClaimer;
  readonly #planner: AttemptPlanner;
  readonly #recorder: AttemptRecorder;
  /** Claims without an outcome yet, each with what makes its `deliver` return. */
  readonly #open = new Map<ClaimedDelivery, () => void>();
  readonly #returned: DueDelivery[] = [];
  #isStopping = false;

  constructor(deps: DelivererDeps) {
    this.#deps = deps;
    this.#claimer = new DeliveryClaimer(deps.claims, new UnknownClaims(deps));
    this.#planner = new AttemptPlanner(deps);
    this.#recorder = new AttemptRecorder(deps);
  }

  /**
   * Makes one attempt if the delivery is due and stands at that attempt; otherwise does nothing. Whatever the receiver does is
   * recorded, not thrown.
   *
   * @param rateSlot waits for the attempt's slot in the rate of its endpoint
   * @returns what the attempt showed about the endpoint
   * @throws Unavailable when Postgres is unavailable; `recover` offers the delivery again
   */
  async deliver(deliveryId: DeliveryId, attempt: number, rateSlot: () => Promise<void>): Promise<AttemptSignal> {
    const result = await this.#claimer.claim(deliveryId, attempt);
    const claimedAtMs = performance.now();
    if (result?.kind === 'early') this.#offerWhenDue(result.due);
    if (result?.kind !== 'claimed') return NO_SIGNAL;
    const { claimed } = result;
    if (this.#isStopping) {
      await this.#giveBack([claimed]);
      return NO_SIGNAL;
    }
    try {
      return await new Promise<AttemptSignal>((resolve, reject) => {
        this.#open.set(claimed, () => resolve(NO_SIGNAL));
        this.#process(claimed, claimedAtMs, rateSlot).then(resolve, reject);
      });
    } finally {
      this.#open.delete(claimed);
    }
  }

  /**
   * Gives back the claims in flight, for a shutdown past its deadline, and from now on every claim that comes. To be called
   * when the sender has been closed. Attempts with an outcome are recorded; the `deliver` of every other one returns.
   *
   * @throws Unavailable when Postgres is unavailable: the leases run out instead
   */
  async giveBackInFlight(): Promise<void> {
    this.#isStopping = true;
    await new Promise((resolve) => setImmediate(resolve)); // attempts that ended as the sender closed leave the open ones
    const open = [...this.#open];
    this.#open.clear();
    try {
      if (open.length > 0) await this.#giveBack(open.map(([claimed]) => claimed));
    } finally {
      for (const [, release] of open) release();
    }
  }

  /** Takes the deliveries that were given back: another worker can attempt them at once. */
  takeReturned(): readonly DueDelivery[] {
    return this.#returned.splice(0);
  }

  /**
   * Offers the delivery after a timer of this process. An alarm of the queue would fire too early again, by the difference between
   * the clocks of Redis and Postgres. If this process ends first, `recover` offers the delivery.
   */
  #offerWhenDue(due: DueDelivery): void {
    if (due.delayMs > MAX_EARLY_MS) return;
    setTimeout(() => this.#deps.queue.offer([{ ...due, delayMs: 0 }]), due.delayMs).unref();
  }

  /** Gives claims back without an attempt. @throws Unavailable */
  async #giveBack(claims: readonly ClaimedDelivery[]): Promise<void> {
    await this.#deps.claims.giveBack(claims.map((claimed): ReturnedClaim => ({ claimed, to: { state: 'pending' } })));
    for (const { id: deliveryId, tenantId, endpointId, attempt, test } of claims) {
      this.#returned.push({ deliveryId, tenantId, endpointId, attempt, delayMs: 0, test: test || undefined });
    }
  }

  async #process(claimed: ClaimedDelivery, claimedAtMs: number, rateSlot: () => Promise<void>): Promise<AttemptSignal> {
    const plan = await this.#planner.plan(claimed);
    if ('to' in plan) {
      const released = await this.#deps.claims.giveBack([{ claimed, to: plan.to }]);
      if (released.length > 0) this.#deps.queue.offer(released);
      return NO_SIGNAL;
    }
    const result = await makeAttempt(this.#deps, claimed, plan, rateSlot);
    if (!this.#open.delete(claimed)) return NO_SIGNAL; // handed back meanwhile: nothing of it stands
    if (!result) {
      await this.#giveBack([claimed]);
      return NO_SIGNAL;
    }
    await this.#record(claimed, claimedAtMs, plan, result);
    return result.signal;
  }

  async #record(
    claimed: ClaimedDelivery,
    claimedAtMs: number,
    { loaded, composer }: AttemptPlan,
    result: AttemptResult,
  ): Promise<void> {
    const { attempt, verdict, builtBody } = result;
    if (claimed.test) {
      await this.#write(composer, { claimed, attempt, next: stateAfterTest(verdict), builtBody, ...NO_DEATH });
      return;
    }
    const { queue, random } = this.#deps;
    const plannedInMs = (claimed.plannedInMs ?? 0) - (performance.now() - claimedAtMs);
    const next =
      stateAfterRetryNow(verdict, plannedInMs) ?? nextState(verdict, composer.policy, claimed.attemptsMade + 1, random());
    const hasLetter = next.state === 'dead' && loaded !== undefined;
    const death = hasLetter ? this.#planDeath(loaded, claimed, result, next.reason) : NO_DEATH;
    if (!(await this.#write(composer, { claimed, attempt, next, builtBody, ...death }))) return;
    if (death.operationalEvents) offerNew(queue, death.operationalEvents.deliveries);
    if (next.state === 'retrying') {
      const { id: deliveryId, tenantId, endpointId } = claimed;
      const retry = { deliveryId, tenantId, endpointId, attempt: claimed.attempt + 1, delayMs: next.delayMs };
      // those of a deleted integration stay as they were
      queue.offer([loaded ? { ...retry, limits: composer.limits } : retry]);
    }
    if (verdict.kind === 'permanent' && verdict.endpointGone) {
      await disableEndpoint(this.#deps, claimed.tenantId, claimed.endpointId, 'gone');
    }
  }

  /** Writes a result and reports it. False when the claim had been lost, and nothing was written. */
  async #write({ dialect }: Composer, record: AttemptRecord): Promise<boolean> {
    const { claimed, attempt, next, builtBody, deadLetterId } = record;
    const endedAtMs = performance.now();
    let recorded = false;
    try {
      recorded = await this.#recorder.record(record);
      return recorded;
    } finally {
      const recordMs = performance.now() - endedAtMs;
      const body = builtBody ?? claimed.body;
      this.#deps.telemetry.attemptMade({ claimed, dialect, attempt, next, recorded, deadLetterId, body, recordMs });
    }
  }

  #planDeath(loaded: LoadedConfig, claimed: ClaimedDelivery, { attempt }: AttemptResult, reason: string): Death {
    const nowMs = this.#deps.clock();
    const deadLetterId = newId('deadLetter', nowMs);
    const lastStatus = attempt.outcome.kind === 'response' ? attempt.outcome.status : null;
    const dead = { ...claimed, deadLetterId, reason, lastStatus };
    return { deadLetterId, operationalEvents: planDeliveryDead(loaded, dead, nowMs) };
  }
}

type Death = Pick<AttemptRecord, 'deadLetterId' | 'operationalEvents'>;
const NO_DEATH: Death = { deadLetterId: undefined, operationalEvents: undefined };
