import { z } from 'zod';

/** Bounds of what an endpoint is sent; an integration may set them. */
export const limitsSchema = z.strictObject({
  /** Requests under way at once, over all workers. */
  maxInFlight: z.int().min(1).max(200).optional(),
  /** Requests per second, spread evenly. */
  ratePerSecond: z.number().min(0.1).max(1000).optional(),
});

export type Limits = z.infer<typeof limitsSchema>;

export const DEFAULT_MAX_IN_FLIGHT = 10;
