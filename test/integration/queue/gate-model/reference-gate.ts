import { afterSignal, type BreakerState, breakerAt, HEALTHY, type SentSignal } from '../../../../src/domain/breaker.ts';
import type { EndpointSignal } from '../../../../src/domain/endpoint-signal.ts';
import type { GateRules } from '../../../../src/domain/gate-rules.ts';
import { type EndpointId, type TenantId, timeOfId } from '../../../../src/domain/id.ts';
import { LANES, type Lane, laneOf, laneSlots } from '../../../../src/domain/lane.ts';
import { DEFAULT_MAX_IN_FLIGHT, type Limits } from '../../../../src/domain/limits.ts';
import { admissibleFromMs, intervalMsOf, takeRateSlot } from '../../../../src/domain/rate-slot.ts';
import { currentShare, shareAfter, tenantShare } from '../../../../src/domain/share.ts';
import { spreadOf, startFromMs } from '../../../../src/domain/spread.ts';
import type { HealthChange } from '../../../../src/ports/endpoint-health.ts';
import {
  type AdmittedDelivery,
  memberOf,
  type StepReply,
  type StepRequest,
} from '../../../../src/queue/gate/gate-messages.ts';
import type { EndpointState, GateState, LaneState } from './gate-state.ts';
import { Parked } from './parked.ts';
import { Rings } from './rings.ts';

interface Endpoint {
  tenantId?: TenantId;
  limits?: { readonly maxInFlight: number; readonly intervalMs: number };
  share?: number;
  /** The first free rate slot. */
  freeFromMs?: number;
  /** When a first attempt may begin. */
  startFromMs?: number;
  /** Undefined until an attempt has reported. */
  breaker?: BreakerState;
  expiresAtMs?: number;
}

type InFlight = Pick<AdmittedDelivery, 'lane' | 'tenantId' | 'endpointId' | 'deliveryId' | 'attempt'>;

/** The gate as a model in memory, on the pure rules of src/domain: what gate.lua must do, without Redis. */
export class ReferenceGate {
  readonly #rules: GateRules;
  #epochMs: number | undefined;
  readonly #workers = new Map<string, { readonly slots: number; readonly untilMs: number }>();
  readonly #endpoints = new Map<EndpointId, Endpoint>();
  /** By member. */
  readonly #inFlight = new Map<string, InFlight & { readonly leaseMs: number }>();
  readonly #parked = new Parked();
  readonly #rings = new Rings();
  readonly #wakes = new Map<EndpointId, number>();
  readonly #failing = new Map<EndpointId, number>();
  #nowMs = 0;
  #admitted: AdmittedDelivery[] = [];
  #healthChanges: HealthChange[] = [];

  constructor(rules: GateRules) {
    this.#rules = rules;
  }

  step(request: StepRequest, nowMs: number): StepReply {
    this.#nowMs = nowMs;
    this.#admitted = [];
    this.#healthChanges = [];
    const { worker, inFlight = [], endings = [], reslot = [], offers = [] } = request;
    if (this.#epochMs === undefined || (worker && !this.#isAnyoneAlive())) this.#epochMs = nowMs;
    const coldUntilMs = this.#epochMs + this.#rules.coldMs;
    const isCold = nowMs < coldUntilMs;
    if (worker) this.#workers.set(worker.id, { slots: worker.slots, untilMs: nowMs + this.#rules.workerMs });
    for (const attempt of inFlight) this.#renew(attempt);
    const hasMoreLeases = !isCold && LANES.map((lane) => this.#endLeases(lane)).includes(true);
    for (const { admitted, signal, limits } of endings) this.#finish(admitted, signal, limits);
    this.#wakeUp();
    const rateSlotsMs = reslot.map((id) => this.#reslot(id));
    this.#offer(offers);
    if (!isCold) this.#admit();
    if (worker) this.#forgetFailing();
    const wakeInMs = isCold ? coldUntilMs - nowMs : hasMoreLeases ? 0 : this.#untilFirstWake();
    return { nowMs, admitted: this.#admitted, healthChanges: this.#healthChanges, wakeInMs, rateSlotsMs };
  }

  reset(id: EndpointId): void {
    this.#endpoint(id).breaker = HEALTHY;
    this.#failing.delete(id);
    this.#wakes.set(id, 0);
  }

  flush(): void {
    this.#epochMs = undefined;
    const state = [this.#workers, this.#endpoints, this.#inFlight, this.#parked, this.#rings, this.#wakes, this.#failing];
    for (const part of state) part.clear();
  }

  /** Forgets the endpoints whose time is up, and returns them. */
  expire(nowMs: number): readonly EndpointId[] {
    const expired = [...this.#endpoints].filter(([, { expiresAtMs }]) => expiresAtMs !== undefined && expiresAtMs <= nowMs);
    for (const [id] of expired) this.#endpoints.delete(id);
    return expired.map(([id]) => id);
  }

  /** How many deliveries are parked. */
  get parked(): number {
    return this.#parked.total;
  }

  state(tenants: readonly TenantId[], endpoints: readonly EndpointId[]): GateState {
    return {
      epochMs: this.#epochMs,
      workers: Object.fromEntries([...this.#workers].map(([id, { slots, untilMs }]) => [id, `${slots} ${untilMs}`])),
      lanes: { fast: this.#laneState('fast', tenants), slow: this.#laneState('slow', tenants) },
      endpoints: Object.fromEntries(endpoints.map((id) => [id, this.#endpointState(id)])),
      wakes: Object.fromEntries(this.#wakes),
      failing: Object.fromEntries(this.#failing),
      parked: this.#parked.total,
    };
  }

  #laneState(lane: Lane, tenants: readonly TenantId[]): LaneState {
    const attempts = this.#inLane(lane);
    return {
      leases: Object.fromEntries(attempts.map((attempt) => [entryOf(attempt), attempt.leaseMs])),
      tenantRing: this.#rings.tenantsOf(lane),
      tenants: Object.fromEntries(
        tenants.map((id) => {
          const inFlight = membersOf(attempts.filter(({ tenantId }) => tenantId === id));
          return [id, { inFlight, ring: this.#rings.endpointsOf(lane, id) }];
        }),
      ),
    };
  }

  #endpointState(id: EndpointId): EndpointState {
    const endpoint = this.#endpoints.get(id);
    return {
      tenantId: endpoint?.tenantId,
      maxInFlight: endpoint?.limits?.maxInFlight,
      intervalMs: endpoint?.limits?.intervalMs,
      share: endpoint?.share,
      freeFromMs: endpoint?.freeFromMs,
      startFromMs: endpoint?.startFromMs,
      breaker: endpoint?.breaker,
      expires: endpoint?.expiresAtMs !== undefined,
      parked: this.#parked.membersOf(id),
      inFlight: membersOf(this.#at(id)),
    };
  }

  #endpoint(id: EndpointId): Endpoint {
    const endpoint = this.#endpoints.get(id) ?? {};
    this.#endpoints.set(id, endpoint);
    return endpoint;
  }

  #inLane(lane: Lane) {
    return [...this.#inFlight.values()].filter((attempt) => attempt.lane === lane);
  }

  #at(id: EndpointId) {
    return [...this.#inFlight.values()].filter(({ endpointId }) => endpointId === id);
  }

  #failures(id: EndpointId): number {
    return this.#endpoints.get(id)?.breaker?.failures ?? 0;
  }

  #maxInFlight(id: EndpointId): number {
    return this.#endpoints.get(id)?.limits?.maxInFlight ?? this.#rules.maxInFlight;
  }

  #enter(attempt: InFlight): void {
    const { lane, tenantId, endpointId, deliveryId, attempt: number } = attempt;
    const leaseMs = this.#nowMs + this.#rules.leaseMs;
    this.#inFlight.set(memberOf(deliveryId, number), { lane, tenantId, endpointId, deliveryId, attempt: number, leaseMs });
  }

  #renew(attempt: AdmittedDelivery): void {
    const member = memberOf(attempt.deliveryId, attempt.attempt);
    const known = this.#inFlight.get(member);
    if (known && known.lane !== attempt.lane) return;
    this.#enter(attempt);
    if (known) return;
    this.#parked.remove(attempt.endpointId, member);
    delete this.#endpoints.get(attempt.endpointId)?.expiresAtMs;
  }

  #isAnyoneAlive(): boolean {
    return [...this.#workers.values()].some(({ untilMs }) => untilMs > this.#nowMs);
  }

  /** Parks again what no worker reports any more. Returns whether there may be more. */
  #endLeases(lane: Lane): boolean {
    if (!this.#isAnyoneAlive()) return false;
    const over = this.#inLane(lane)
      .filter(({ leaseMs }) => leaseMs <= this.#nowMs)
      .sort((a, b) => a.leaseMs - b.leaseMs || compare(entryOf(a), entryOf(b)));
    const none: EndpointSignal = { kind: 'none', pauseMs: 0 };
    const ended = over.slice(0, this.#rules.maxDue);
    for (const attempt of ended) {
      this.#inFlight.delete(memberOf(attempt.deliveryId, attempt.attempt));
      this.#park({ ...attempt, limits: undefined });
      this.#finish(attempt, none, undefined);
    }
    return ended.length === this.#rules.maxDue;
  }

  #finish(attempt: InFlight, signal: EndpointSignal, limits: Limits | undefined): void {
    const { lane, tenantId, endpointId: id } = attempt;
    const member = memberOf(attempt.deliveryId, attempt.attempt);
    if (this.#inFlight.get(member)?.lane === lane) this.#inFlight.delete(member);
    const before = laneOf(this.#failures(id), this.#rules);
    if (signal.kind !== 'none') this.#judge(attempt, { ...signal, kind: signal.kind }, limits);
    const after = laneOf(this.#failures(id), this.#rules);
    if (after !== before) this.#rings.remove(before, tenantId, id);
    this.#enlist(after, tenantId, id);
    this.#rings.addTenant(lane, tenantId);
    this.#expireIfIdle(id);
  }

  #judge({ tenantId, endpointId: id }: InFlight, signal: SentSignal, limits: Limits | undefined): void {
    const endpoint = this.#endpoint(id);
    const known = endpoint.breaker;
    const before = breakerAt(known ?? HEALTHY, this.#nowMs);
    const share = Math.min(endpoint.share ?? this.#rules.firstShare, this.#maxInFlight(id));
    endpoint.tenantId = tenantId;
    endpoint.limits = limits
      ? numbersOf(limits)
      : (endpoint.limits ?? { maxInFlight: this.#rules.maxInFlight, intervalMs: 0 });
    const { state, hasOpened, healthChange } = afterSignal(known, signal, this.#nowMs, this.#rules, spreadOf(id));
    endpoint.breaker = state;
    endpoint.share = shareAfter(share, signal.kind, { before, hasOpened }, endpoint.limits.maxInFlight);
    if (state.pausedUntilMs > (known ?? HEALTHY).pausedUntilMs) this.#wakes.set(id, state.pausedUntilMs);
    if (healthChange === 'failing') this.#failing.set(id, state.failingSinceMs);
    if (healthChange === 'recovered') this.#failing.delete(id);
    const failingForMs = healthChange === 'failing' ? this.#nowMs - state.failingSinceMs : undefined;
    if (healthChange) this.#healthChanges.push({ endpointId: id, failingForMs });
  }

  #wakeUp(): void {
    const due = [...this.#wakes]
      .filter(([, atMs]) => atMs <= this.#nowMs)
      .sort(([a, aMs], [b, bMs]) => aMs - bMs || compare(a, b));
    for (const [id] of due.slice(0, this.#rules.maxDue)) {
      this.#wakes.delete(id);
      const tenantId = this.#endpoints.get(id)?.tenantId;
      if (tenantId) this.#enlist(laneOf(this.#failures(id), this.#rules), tenantId, id);
      this.#expireIfIdle(id);
    }
  }

  #reslot(id: EndpointId): number {
    const rateSlotMs = this.#takeRateSlot(id);
    this.#expireIfIdle(id);
    return rateSlotMs;
  }

  #takeRateSlot(id: EndpointId): number {
    const endpoint = this.#endpoint(id);
    const rate = { freeFromMs: endpoint.freeFromMs ?? 0, intervalMs: endpoint.limits?.intervalMs ?? 0 };
    const { rateSlotAtMs, freeFromMs } = takeRateSlot(rate, this.#nowMs);
    endpoint.freeFromMs = freeFromMs;
    return Math.round(rateSlotAtMs);
  }

  #offer(offers: NonNullable<StepRequest['offers']>): void {
    for (const offer of offers) this.#park(offer);
    for (const { tenantId, endpointId: id } of offers) {
      this.#enlist(laneOf(this.#failures(id), this.#rules), tenantId, id);
    }
  }

  #park({ tenantId, endpointId, deliveryId, attempt, limits }: NonNullable<StepRequest['offers']>[number]): void {
    const member = memberOf(deliveryId, attempt);
    if (this.#inFlight.has(member)) return;
    const delivery = { deliveryId, attempt, member, order: timeOfId(deliveryId) };
    if (this.#parked.count(endpointId) < this.#rules.maxParked) this.#parked.add(endpointId, delivery);
    else if (!this.#parked.replaceNewest(endpointId, delivery)) return;
    const endpoint = this.#endpoint(endpointId);
    delete endpoint.expiresAtMs;
    endpoint.tenantId = tenantId;
    if (limits) endpoint.limits = numbersOf(limits);
  }

  #enlist(lane: Lane, tenantId: TenantId, id: EndpointId): void {
    if (this.#parked.count(id) > 0) this.#rings.addEndpoint(lane, tenantId, id);
    this.#rings.addTenant(lane, tenantId);
  }

  #expireIfIdle(id: EndpointId): void {
    const endpoint = this.#endpoints.get(id);
    const isIdle = this.#parked.count(id) === 0 && this.#at(id).length === 0;
    if (endpoint && isIdle) endpoint.expiresAtMs = this.#nowMs + this.#rules.forgetAfterMs;
  }

  #admit(): void {
    if (this.#rings.isEmpty) return;
    for (const [id, { untilMs }] of this.#workers) if (untilMs <= this.#nowMs) this.#workers.delete(id);
    const slots = laneSlots(
      [...this.#workers.values()].reduce((sum, worker) => sum + worker.slots, 0),
      this.#rules,
    );
    for (const lane of LANES) if (slots[lane] > 0) this.#admitInto(lane, slots[lane]);
  }

  #admitInto(lane: Lane, slots: number): void {
    let free = slots - this.#inLane(lane).length;
    for (let tries = 0; free > 0 && tries < this.#rules.maxTries; tries++) {
      const tenantId = this.#rings.takeTenant(lane);
      if (!tenantId) return;
      const ofTenant = this.#inLane(lane).filter((attempt) => attempt.tenantId === tenantId).length;
      if (ofTenant >= tenantShare(slots, this.#rules)) continue;
      const endpointId = this.#rings.takeEndpoint(lane, tenantId);
      if (!endpointId) continue;
      if (this.#admitFrom(lane, tenantId, endpointId, ofTenant)) {
        free -= 1;
        if (this.#parked.count(endpointId) > 0) this.#rings.addEndpoint(lane, tenantId, endpointId);
      }
      this.#rings.addTenant(lane, tenantId);
    }
  }

  /** Whether a delivery was admitted; if not, the endpoint waits in the other lane, for a time, or for an attempt to end. */
  #admitFrom(lane: Lane, tenantId: TenantId, id: EndpointId, ofTenant: number): boolean {
    const { share = this.#rules.firstShare, breaker = HEALTHY, limits, freeFromMs = 0 } = this.#endpoint(id);
    const own = laneOf(breaker.failures, this.#rules);
    if (own !== lane) {
      this.#enlist(own, tenantId, id);
      return false;
    }
    const admissibleAtMs = limits?.intervalMs ? admissibleFromMs(freeFromMs, this.#rules) : 0;
    if (breaker.pausedUntilMs > this.#nowMs) {
      this.#wakes.set(id, breaker.pausedUntilMs);
      return false;
    }
    if (!this.#endpoint(id).breaker && ofTenant >= this.#rules.crowd && this.#startsLater(id)) return false;
    if (this.#at(id).length >= currentShare(share, this.#maxInFlight(id), breakerAt(breaker, this.#nowMs))) return false;
    if (admissibleAtMs > this.#nowMs) {
      this.#wakes.set(id, admissibleAtMs);
      return false;
    }
    const first = this.#parked.takeFirst(id);
    if (!first) return false;
    const { deliveryId, attempt } = first;
    const admitted = { lane, tenantId, endpointId: id, deliveryId, attempt };
    this.#enter(admitted);
    this.#admitted.push({ ...admitted, rateSlotAtMs: limits?.intervalMs ? this.#takeRateSlot(id) : undefined });
    return true;
  }

  #startsLater(id: EndpointId): boolean {
    const endpoint = this.#endpoint(id);
    endpoint.startFromMs ??= startFromMs(this.#nowMs, spreadOf(id), this.#rules);
    if (endpoint.startFromMs <= this.#nowMs) return false;
    this.#wakes.set(id, endpoint.startFromMs);
    return true;
  }

  #forgetFailing(): void {
    const old = [...this.#failing]
      .filter(([, sinceMs]) => sinceMs <= this.#nowMs - this.#rules.forgetAfterMs)
      .sort(([a, aMs], [b, bMs]) => aMs - bMs || compare(a, b));
    for (const [id] of old.slice(0, this.#rules.maxDue)) {
      if ((this.#endpoints.get(id)?.breaker?.opens ?? 0) === 0) this.#failing.delete(id);
    }
  }

  #untilFirstWake(): number | undefined {
    if (this.#wakes.size === 0) return undefined;
    return Math.max(0, Math.ceil(Math.min(...this.#wakes.values()) - this.#nowMs));
  }
}

function numbersOf(limits: Limits) {
  return { maxInFlight: limits.maxInFlight ?? DEFAULT_MAX_IN_FLIGHT, intervalMs: intervalMsOf(limits) };
}

function entryOf({ tenantId, endpointId, deliveryId, attempt }: InFlight): string {
  return `${tenantId} ${endpointId} ${memberOf(deliveryId, attempt)}`;
}

function membersOf(attempts: readonly InFlight[]): string[] {
  return attempts.map(({ deliveryId, attempt }) => memberOf(deliveryId, attempt)).sort();
}

/** As Redis orders members of the same score. */
function compare(a: string, b: string): number {
  return a < b ? -1 : 1;
}
