import { z } from 'zod';
import type { AttemptSignal } from '../../domain/endpoint-signal.ts';
import { type DeliveryId, type EndpointId, parseId, type TenantId, timeOfId } from '../../domain/id.ts';
import { LANES, type Lane } from '../../domain/lane.ts';
import { DEFAULT_MAX_IN_FLIGHT, type Limits } from '../../domain/limits.ts';
import { intervalMsOf } from '../../domain/rate-slot.ts';
import type { HealthChange } from '../../ports/endpoint-health.ts';
import type { DueDelivery } from '../../ports/queue.ts';
import { idSchema } from '../id-schema.ts';

// What gate.ts and gate.lua exchange. Its positional tuples are written and read here only; the header of gate.lua lists them.

/** A delivery whose next attempt is counted as in flight. */
export interface AdmittedDelivery {
  readonly lane: Lane;
  readonly tenantId: TenantId;
  readonly endpointId: EndpointId;
  readonly deliveryId: DeliveryId;
  readonly attempt: number;
  /** The attempt's slot in the rate of its endpoint: to be sent then, not before. Unix ms by Redis's clock; undefined: no rate. */
  readonly rateSlotAtMs: number | undefined;
}

/** An attempt that ended, with what it shows about its endpoint. */
export interface EndedAttempt extends AttemptSignal {
  readonly admitted: AdmittedDelivery;
}

export interface StepRequest {
  readonly worker?: { readonly id: string; readonly slots: number } | undefined;
  /** What the worker has in flight: extends the leases, and enters the attempts again after a flush. */
  readonly inFlight?: readonly AdmittedDelivery[] | undefined;
  readonly endings?: readonly EndedAttempt[] | undefined;
  /** Deliveries that are due now: the gate knows no delays. */
  readonly offers?: readonly Omit<DueDelivery, 'delayMs'>[] | undefined;
  /** Endpoints with an attempt that missed its rate slot and needs another. */
  readonly reslot?: readonly EndpointId[] | undefined;
  /** For tests: the time, instead of Redis's clock. */
  readonly nowMs?: number | undefined;
}

export interface StepReply {
  /** Unix ms by Redis's clock. */
  readonly nowMs: number;
  readonly admitted: readonly AdmittedDelivery[];
  readonly healthChanges: readonly HealthChange[];
  /** When the gate must be stepped again, though no attempt ended and nothing is offered. */
  readonly wakeInMs: number | undefined;
  /** The new slots for `reslot`, Unix ms by Redis's clock. */
  readonly rateSlotsMs: readonly number[];
}

/** The request as gate.lua reads it. */
export function writeRequest(request: StepRequest): string {
  const { worker, inFlight, endings, offers, reslot, nowMs } = request;
  return JSON.stringify({
    nowMs,
    reslot,
    worker: worker && [worker.id, worker.slots],
    inFlight: inFlight?.map(placeOf),
    endings: endings?.map(({ admitted, signal, limits }) => [
      ...placeOf(admitted),
      signal.kind,
      Math.round(signal.pauseMs),
      ...numbersOf(limits),
    ]),
    offers: offers?.map(({ tenantId, endpointId, deliveryId, attempt, limits }) => [
      tenantId,
      endpointId,
      memberOf(deliveryId, attempt),
      timeOfId(deliveryId), // the order among the parked: older events first
      ...numbersOf(limits),
    ]),
  });
}

const endpointId = idSchema('endpoint');
const instant = z.int().min(0);

const admittedSchema = z
  .tuple([z.enum(LANES), idSchema('tenant'), endpointId, z.string(), instant])
  .transform(([lane, tenant, endpoint, member, rateSlotMs], context): AdmittedDelivery => {
    const dash = member.lastIndexOf('-');
    const deliveryId = parseId('delivery', member.slice(0, dash));
    const attempt = Number(member.slice(dash + 1));
    if (!deliveryId || !Number.isSafeInteger(attempt) || attempt < 1) {
      context.addIssue({ code: 'custom', message: `not a delivery and the number of an attempt: ${member}` });
      return z.NEVER;
    }
    return {
      lane,
      tenantId: tenant,
      endpointId: endpoint,
      deliveryId,
      attempt,
      rateSlotAtMs: rateSlotMs > 0 ? rateSlotMs : undefined,
    };
  });

const healthChangeSchema = z
  .tuple([endpointId, z.enum(['failing', 'recovered']), instant])
  .transform(([endpoint, change, atMs]) => ({
    endpointId: endpoint,
    failingSinceMs: change === 'failing' ? atMs : undefined,
  }));

const NO_WAKE = -1;

const replySchema = z
  .tuple([instant, z.array(admittedSchema), z.array(healthChangeSchema), z.int().min(NO_WAKE), z.array(instant)])
  .transform(([nowMs, admitted, changes, wakeInMs, rateSlotsMs]): StepReply => {
    const healthChanges = changes.map(({ endpointId: id, failingSinceMs }): HealthChange => {
      return { endpointId: id, failingForMs: failingSinceMs === undefined ? undefined : nowMs - failingSinceMs };
    });
    return { nowMs, admitted, healthChanges, wakeInMs: wakeInMs === NO_WAKE ? undefined : wakeInMs, rateSlotsMs };
  });

/** The reply of gate.lua. @throws ZodError for anything else */
export function readReply(raw: unknown): StepReply {
  return replySchema.parse(raw);
}

/** The name of an attempt in the gate's sets. */
export function memberOf(deliveryId: DeliveryId, attempt: number): string {
  return `${deliveryId}-${attempt}`;
}

function placeOf({ lane, tenantId: tenant, endpointId: endpoint, deliveryId, attempt }: AdmittedDelivery) {
  return [lane, tenant, endpoint, memberOf(deliveryId, attempt)] as const;
}

/** Most in flight, and milliseconds between requests; 0 and 0 where the limits are not known. */
function numbersOf(limits: Limits | undefined): readonly [maxInFlight: number, intervalMs: number] {
  return limits ? [limits.maxInFlight ?? DEFAULT_MAX_IN_FLIGHT, intervalMsOf(limits)] : [0, 0];
}
