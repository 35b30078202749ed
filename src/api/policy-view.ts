import { z } from 'zod';
import type { DeliveryPolicy } from '../domain/policy.ts';

const statusRangeSchema = z
  .strictObject({
    from: z.int().meta({ description: 'The first status.' }),
    to: z.int().meta({ description: 'The last status, included.' }),
    except: z.array(z.int()).optional().meta({ description: 'Statuses in between that are not meant.' }),
  })
  .meta({
    id: 'StatusRange',
    description: 'A range of HTTP statuses.',
    examples: [{ from: 400, to: 499, except: [408, 429] }],
  });

export const deliveryPolicySchema = z
  .strictObject({
    success: z.array(statusRangeSchema).meta({ description: 'Statuses that end the delivery as succeeded.' }),
    permanent: z.array(statusRangeSchema).meta({
      description: 'Statuses that end the delivery as dead; 410 also disables the subscriptions of the endpoint.',
    }),
    timeoutMs: z.int().meta({ description: 'Timeout of one attempt, in milliseconds.' }),
    retryDelaysMs: z
      .array(z.int())
      .meta({ description: 'Wait before each retry, in milliseconds; it varies by ±20 %. Empty: no retries.' }),
  })
  .meta({
    id: 'DeliveryPolicy',
    description: 'When a delivery counts as succeeded, and when it is retried.',
    examples: [
      {
        success: [{ from: 200, to: 299 }],
        permanent: [{ from: 410, to: 410 }],
        timeoutMs: 15_000,
        retryDelaysMs: [5000, 300_000],
      },
    ],
  });

export function showPolicy({
  success,
  permanent,
  timeoutMs,
  retryDelaysMs,
}: DeliveryPolicy): z.infer<typeof deliveryPolicySchema> {
  const ranges = (all: DeliveryPolicy['success']) =>
    all.map(({ from, to, except }) => ({ from, to, ...(except ? { except: [...except] } : {}) }));
  return { success: ranges(success), permanent: ranges(permanent), timeoutMs, retryDelaysMs: [...retryDelaysMs] };
}
