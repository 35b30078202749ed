import { z } from 'zod';
import { LANES } from '../domain/lane.ts';
import { limitsSchema } from '../domain/limits.ts';
import type { DueDelivery } from '../ports/queue.ts';
import type { AdmittedDelivery } from './gate/gate-messages.ts';
import { idSchema } from './id-schema.ts';

// What jobs carry. `deliver`: make the attempt now. `alarm`: offer the delivery to the gate again. `test`: make the attempt of a
// test now, which the gate does not know.
//
// Rolling upgrade: processes of two versions read each other's jobs, so the shape is the one of 0.1 (`notBeforeMs` is the rate
// slot, 0 without a rate). Members may be added, as optional ones; those that a version does not know it ignores.

const attemptSchema = z.object({
  tenantId: idSchema('tenant'),
  endpointId: idSchema('endpoint'),
  deliveryId: idSchema('delivery'),
  attempt: z.int().min(1),
});

const jobSchema = z.discriminatedUnion('kind', [
  attemptSchema.extend({ kind: z.literal('deliver'), lane: z.enum(LANES), notBeforeMs: z.int().min(0) }),
  attemptSchema.extend({
    kind: z.literal('alarm'),
    delayMs: z.number().min(0),
    limits: z.object(limitsSchema.shape).optional(),
  }),
  attemptSchema.extend({ kind: z.literal('test') }),
]);

export type JobData = z.infer<typeof jobSchema>;

export type ReadJob =
  | { readonly kind: 'deliver'; readonly admitted: AdmittedDelivery }
  | { readonly kind: 'alarm'; readonly due: DueDelivery }
  | { readonly kind: 'test'; readonly due: DueDelivery }
  | { readonly kind: 'unreadable'; readonly reason: string };

export function deliverJob({ rateSlotAtMs, ...admitted }: AdmittedDelivery): JobData {
  return { kind: 'deliver', ...admitted, notBeforeMs: rateSlotAtMs ?? 0 };
}

export function alarmJob({ tenantId, endpointId, deliveryId, attempt, delayMs, limits }: DueDelivery): JobData {
  return { kind: 'alarm', tenantId, endpointId, deliveryId, attempt, delayMs, ...(limits && { limits }) };
}

export function testJob({ tenantId, endpointId, deliveryId, attempt }: DueDelivery): JobData {
  return { kind: 'test', tenantId, endpointId, deliveryId, attempt };
}

/** Reads the data of a job. An alarm that rings is due now. Never throws. */
export function readJob(data: unknown): ReadJob {
  const { success, data: job, error } = jobSchema.safeParse(data);
  if (!success) return { kind: 'unreadable', reason: z.prettifyError(error) };
  if (job.kind === 'alarm') {
    const { kind, ...due } = job;
    return { kind, due: { ...due, delayMs: 0 } };
  }
  if (job.kind === 'test') {
    const { kind, ...due } = job;
    return { kind, due: { ...due, delayMs: 0, test: true } };
  }
  const { kind, notBeforeMs, ...admitted } = job;
  return { kind, admitted: { ...admitted, rateSlotAtMs: notBeforeMs > 0 ? notBeforeMs : undefined } };
}
