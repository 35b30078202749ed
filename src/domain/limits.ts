import { z } from 'zod';

export const DEFAULT_MAX_IN_FLIGHT = 10;

/** Bounds of what an endpoint is sent; an integration may set them. */
export const limitsSchema = z
  .strictObject({
    maxInFlight: z
      .int()
      .min(1)
      .max(200)
      .optional()
      .meta({ description: `Concurrent requests, over all workers. Default: ${DEFAULT_MAX_IN_FLIGHT}.` }),
    ratePerSecond: z
      .number()
      .min(0.1)
      .max(1000)
      .optional()
      .meta({ description: 'Requests per second, spread evenly. Default: no limit.' }),
  })
  .meta({
    id: 'Limits',
    description: 'Limits of each endpoint of the integration.',
    examples: [{ maxInFlight: 20, ratePerSecond: 50 }],
  });

export type Limits = z.infer<typeof limitsSchema>;
