import { z } from 'zod';

// Headers of responses, as the document describes them.

export const REQUEST_ID = {
  'x-request-id': z.string().meta({
    header: { id: 'RequestId' },
    description: "The id of the request: the caller's own `x-request-id`, or a generated one.",
    examples: ['5f0c2f0e-7d0a-4f7e-9d53-0f6d1a2b3c4d'],
  }),
};

export const IDEMPOTENCY_REPLAYED = {
  'idempotency-replayed': z
    .enum(['true'])
    .optional()
    .meta({
      header: { id: 'IdempotencyReplayed' },
      description: 'Present when the response is a stored one.',
      examples: ['true'],
    }),
};

export const RETRY_AFTER = {
  'retry-after': z
    .string()
    .optional()
    .meta({
      header: { id: 'RetryAfter' },
      description: 'Seconds to wait before the request is repeated.',
      examples: ['5'],
    }),
};

export const RATE_LIMIT = {
  'ratelimit-policy': z
    .string()
    .optional()
    .meta({
      header: { id: 'RateLimitPolicy' },
      description: 'How many requests (`q`) the key may make in a window of `w` seconds.',
      examples: ['"others";q=100;w=1'],
    }),
  ratelimit: z
    .string()
    .optional()
    .meta({
      header: { id: 'RateLimit' },
      description: 'How many are left (`r`), and in how many seconds the next window begins (`t`).',
      examples: ['"others";r=99;t=1'],
    }),
};

export const ETAG = {
  etag: z
    .string()
    .optional()
    .meta({
      header: { id: 'ETag' },
      description:
        'The `version` in quotes. A change with `If-Match` is made only if it is still the current one. Absent where several objects were created.',
      examples: ['"7"'],
    }),
};

export const WWW_AUTHENTICATE = {
  'www-authenticate': z
    .string()
    .meta({ header: { id: 'Authenticate' }, description: 'The scheme, `Bearer`.', examples: ['Bearer'] }),
};
