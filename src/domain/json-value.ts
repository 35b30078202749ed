import { z } from 'zod';
import type { JsonValue } from './json.ts';

/** Any JSON value. Like `z.json()`, but one named schema in the API's document. */
export const jsonValueSchema: z.ZodType<JsonValue> = z
  .lazy(() =>
    z.union([
      z.string(),
      z.number(),
      z.boolean(),
      z.null(),
      z.array(jsonValueSchema),
      z.record(z.string(), jsonValueSchema),
    ]),
  )
  .meta({
    id: 'Json',
    description: 'Any JSON value.',
    examples: [{ tier: 'gold', visits: 3 }],
    // a schema without keywords means the same, and generators need not handle recursion
    override: ({ jsonSchema }: { jsonSchema: { anyOf?: unknown } }) => {
      delete jsonSchema.anyOf;
    },
  });
