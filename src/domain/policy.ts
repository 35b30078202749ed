import { z } from 'zod';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** Delays before each attempt in milliseconds, the 0 being the first (Standard Webhooks 1.0.0, "Deliverability and reliability"). */
export const STANDARD_SCHEDULE_MS: readonly number[] = [
  0,
  5 * SECOND,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  14 * HOUR,
  20 * HOUR,
  24 * HOUR,
];

/** A range of HTTP status codes, both ends included, without some of them. */
export interface StatusRange {
  readonly from: number;
  readonly to: number;
  readonly except?: readonly number[];
}

/** How a dialect delivers: data, not code (vendors.md 1.3). */
export interface DeliveryPolicy {
  readonly success: readonly StatusRange[];
  /** Codes that end the delivery at once. 410 is always among them and disables the endpoint's subscriptions. */
  readonly permanent: readonly StatusRange[];
  readonly timeoutMs: number;
  readonly scheduleMs: readonly number[];
}

/** The policy that Standard Webhooks asks for, and the basis of every dialect's policy (vendors.md 1.3). */
export const STANDARD_POLICY: DeliveryPolicy = {
  success: [{ from: 200, to: 299 }],
  permanent: [
    { from: 410, to: 410 },
    { from: 413, to: 413 }, // every retry sends the same bytes
  ],
  timeoutMs: 15 * SECOND,
  scheduleMs: STANDARD_SCHEDULE_MS,
};

const MAX_TIMEOUT_MS = 30 * SECOND;
/** The longest wait that a schedule may hold. */
export const MAX_SCHEDULED_DELAY_MS = 7 * 24 * HOUR;

/** The members of a dialect's policy that an integration may override. */
export const policyOverrideSchema = z
  .strictObject({
    timeoutMs: z
      .int()
      .min(100)
      .max(MAX_TIMEOUT_MS)
      .optional()
      .meta({ description: "Timeout of one attempt, in milliseconds. Default: the dialect's." }),
    scheduleMs: z
      .array(z.int().min(0).max(MAX_SCHEDULED_DELAY_MS))
      .min(1)
      .max(30)
      .optional()
      .meta({ description: "Delay before each attempt, in milliseconds, the first usually 0. Default: the dialect's." }),
  })
  .meta({
    id: 'PolicyOverride',
    description: "Replaces members of the dialect's delivery policy.",
    examples: [{ timeoutMs: 5000, scheduleMs: [0, 10_000, 60_000] }],
  });

export type PolicyOverride = z.infer<typeof policyOverrideSchema>;

export function overridden(policy: DeliveryPolicy, override: PolicyOverride): DeliveryPolicy {
  return {
    ...policy,
    timeoutMs: override.timeoutMs ?? policy.timeoutMs,
    scheduleMs: override.scheduleMs ?? policy.scheduleMs,
  };
}

export function includesStatus(ranges: readonly StatusRange[], status: number): boolean {
  return ranges.some(({ from, to, except }) => status >= from && status <= to && !except?.includes(status));
}
