import { z } from 'zod';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** Waits before each retry, in milliseconds (Standard Webhooks 1.0.0, "Deliverability and reliability"). */
export const STANDARD_RETRY_DELAYS_MS: readonly number[] = [
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
  /** The waits before each retry; none when it is empty. */
  readonly retryDelaysMs: readonly number[];
}

/** The policy that Standard Webhooks asks for, and the basis of every dialect's policy (vendors.md 1.3). */
export const STANDARD_POLICY: DeliveryPolicy = {
  success: [{ from: 200, to: 299 }],
  permanent: [
    { from: 410, to: 410 },
    { from: 413, to: 413 }, // every retry sends the same bytes
  ],
  timeoutMs: 15 * SECOND,
  retryDelaysMs: STANDARD_RETRY_DELAYS_MS,
};

const MAX_TIMEOUT_MS = 30 * SECOND;
const MAX_RETRIES = 30;
/** The longest wait before a retry. */
export const MAX_RETRY_DELAY_MS = 7 * 24 * HOUR;

/** The members of a dialect's policy that an integration may override. */
export const policyOverrideSchema = z
  .strictObject({
    timeoutMs: z
      .int()
      .min(100)
      .max(MAX_TIMEOUT_MS)
      .optional()
      .meta({ description: "Timeout of one attempt, in milliseconds. Default: the dialect's." }),
    retryDelaysMs: z.array(z.int().min(0).max(MAX_RETRY_DELAY_MS)).max(MAX_RETRIES).optional().meta({
      description: "Waits before each retry, in milliseconds. An empty list means no retries. Default: the dialect's.",
    }),
    // never valid: refused with a sentence, because its first number was the wait before the first attempt
    scheduleMs: z
      .never({ error: 'was replaced by retryDelaysMs: the waits before each retry, without that before the first attempt' })
      .optional(),
  })
  .meta({
    id: 'PolicyOverride',
    description: "Replaces members of the dialect's delivery policy.",
    examples: [{ timeoutMs: 5000, retryDelaysMs: [10_000, 60_000] }],
    override: ({ jsonSchema }: { jsonSchema: { properties?: Record<string, unknown> } }) => {
      delete jsonSchema.properties?.scheduleMs;
    },
  });

export type PolicyOverride = Omit<z.infer<typeof policyOverrideSchema>, 'scheduleMs'>;

export function overridden(policy: DeliveryPolicy, override: PolicyOverride): DeliveryPolicy {
  return {
    ...policy,
    timeoutMs: override.timeoutMs ?? policy.timeoutMs,
    retryDelaysMs: override.retryDelaysMs ?? policy.retryDelaysMs,
  };
}

export function includesStatus(ranges: readonly StatusRange[], status: number): boolean {
  return ranges.some(({ from, to, except }) => status >= from && status <= to && !except?.includes(status));
}
