import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Redis } from 'ioredis';
import type { AttemptSignal } from '../../domain/endpoint-signal.ts';
import type { DeliveryId, EndpointId, TenantId } from '../../domain/id.ts';
import { DEFAULT_MAX_IN_FLIGHT, type Limits } from '../../domain/limits.ts';
import type { HealthChange } from '../../ports/endpoint-health.ts';
import type { DueDelivery } from '../../ports/queue.ts';

/** Few slots are for endpoints that keep failing, most for the others. */
export type Lane = 'fast' | 'slow';

/** A delivery that has a place in flight. */
export interface Admitted {
  readonly lane: Lane;
  readonly tenantId: TenantId;
  readonly endpointId: EndpointId;
  readonly deliveryId: DeliveryId;
  readonly attempt: number;
  /** Its place in the endpoint's rate, Unix ms: not to be sent before, nor much later. 0: there is no rate. */
  readonly notBeforeMs: number;
}

/** An attempt that ended, with what it shows about its endpoint. */
export interface Finished extends AttemptSignal {
  readonly admitted: Admitted;
}

export interface StepRequest {
  readonly worker?: { readonly id: string; readonly slots: number };
  /** What a worker has in hand: keeps its place, and takes it again after a flush. */
  readonly hands?: readonly Admitted[];
  readonly done?: readonly Finished[];
  /** What is to be admitted when it has its turn; a delay is not the gate's business. */
  readonly offers?: readonly Omit<DueDelivery, 'delayMs'>[];
  /** Endpoints with an attempt that missed its place in the rate and needs another. */
  readonly late?: readonly EndpointId[];
}

export interface StepReply {
  readonly admitted: readonly Admitted[];
  readonly healthChanges: readonly HealthChange[];
  /** When somebody must step again, though nothing ended and nothing is offered. */
  readonly wakeInMs: number | undefined;
  /** The new places of what is late, Unix ms. */
  readonly places: readonly number[];
}

/** The numbers of the gate; gate.lua says what each does. */
export const GATE_RULES = {
  max: DEFAULT_MAX_IN_FLIGHT,
  firstCap: 2,
  slowAfter: 2,
  openAfter: 5,
  pauseMs: 5_000,
  maxPauseMs: 5 * 60_000,
  leaseMs: 15_000,
  workerMs: 5_000,
  /** Longer than workers take to come back to an empty Redis and to say what they have in hand. */
  coldMs: 2_000,
  lookaheadMs: 100,
  tenantShare: 0.25,
  slowShare: 0.2,
  maxParked: 50_000,
  maxTries: 2_000,
};

export type GateRules = typeof GATE_RULES;

const SCRIPT = readFileSync(join(import.meta.dirname, 'gate.lua'), 'utf8');

type Raw = [admitted: string[], healthChanges: string[], wakeMs: string, places: string[]];
type GateCommand = (prefix: string, request: string) => Promise<Raw>;

/** The gate in front of the queue: one atomic script over the state that all processes share (see gate.lua). */
export class Gate {
  readonly #redis: Redis;
  readonly #prefix: string;
  readonly #rules: GateRules;
  readonly #command: GateCommand;

  constructor(redis: Redis, prefix: string, rules: Partial<GateRules> = {}) {
    this.#rules = { ...GATE_RULES, ...rules };
    this.#redis = redis;
    this.#prefix = gatePrefix(prefix);
    redis.defineCommand('passwireGate', { numberOfKeys: 1, lua: SCRIPT });
    const withCommand = redis as Redis & { readonly passwireGate: GateCommand };
    this.#command = (prefixKey, request) => withCommand.passwireGate(prefixKey, request);
  }

  async step({ worker, hands, done, offers, late }: StepRequest): Promise<StepReply> {
    const request = {
      rules: this.#rules,
      worker,
      late,
      hands: hands?.map(({ lane, tenantId, endpointId, deliveryId, attempt }) => [
        lane,
        tenantId,
        endpointId,
        memberOf(deliveryId, attempt),
      ]),
      done: done?.map(({ admitted, signal, limits }) => [
        admitted.lane,
        admitted.tenantId,
        admitted.endpointId,
        memberOf(admitted.deliveryId, admitted.attempt),
        signal.kind,
        Math.round(signal.pauseMs),
        ...numbers(limits),
      ]),
      offers: offers?.map(({ tenantId, endpointId, deliveryId, attempt, limits }) => [
        tenantId,
        endpointId,
        memberOf(deliveryId, attempt),
        orderOf(deliveryId),
        ...numbers(limits),
      ]),
    };
    const [admitted, changes, wakeMs, places] = await this.#command(this.#prefix, JSON.stringify(request));
    return {
      admitted: inGroups(admitted, 5).map(readAdmitted),
      healthChanges: inGroups(changes, 3).map(readHealthChange),
      wakeInMs: Number(wakeMs) < 0 ? undefined : Number(wakeMs),
      places: places.map(Number),
    };
  }

  /** How many deliveries wait for a place. */
  async parked(): Promise<number> {
    return Number((await this.#redis.get(`${this.#prefix}:parked`)) ?? 0);
  }
}

/** In front of every key of the gate. */
export function gatePrefix(prefix: string): string {
  return `${prefix}:gate`;
}

/** What stands for an attempt in the gate's sets. */
export function memberOf(deliveryId: DeliveryId, attempt: number): string {
  return `${deliveryId}-${attempt}`;
}

/** Older deliveries go first: their ids begin with their event's time. */
function orderOf(deliveryId: DeliveryId): number {
  return Number.parseInt(deliveryId.slice(4, 12) + deliveryId.slice(13, 17), 16);
}

/** Most in flight, and milliseconds between requests; 0 and 0 where the limits are not known. */
function numbers(limits: Limits | undefined): [max: number, intervalMs: number] {
  if (!limits) return [0, 0];
  return [limits.maxInFlight ?? DEFAULT_MAX_IN_FLIGHT, limits.ratePerSecond ? 1000 / limits.ratePerSecond : 0];
}

function readAdmitted([lane, tenantId, endpointId, member = '', notBeforeMs]: string[]): Admitted {
  const dash = member.lastIndexOf('-');
  return {
    lane: lane as Lane,
    tenantId: tenantId as TenantId,
    endpointId: endpointId as EndpointId,
    deliveryId: member.slice(0, dash) as DeliveryId,
    attempt: Number(member.slice(dash + 1)),
    notBeforeMs: Number(notBeforeMs),
  };
}

function readHealthChange([endpointId, change, atMs]: string[]): HealthChange {
  const failingSince = change === 'failing' ? new Date(Number(atMs)) : undefined;
  return { endpointId: endpointId as EndpointId, failingSince };
}

function inGroups(flat: readonly string[], size: number): string[][] {
  return Array.from({ length: flat.length / size }, (_, index) => flat.slice(index * size, (index + 1) * size));
}
