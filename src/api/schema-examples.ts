import type { z } from 'zod';
import type { ZodOpenApiMediaTypeObject } from 'zod-openapi';

export type Examples = NonNullable<ZodOpenApiMediaTypeObject['examples']>;

/** The examples of a schema, by number. */
export function schemaExamples(schema: z.ZodType | undefined): Examples {
  const { examples = [], description } = schema?.meta() ?? {};
  const values = examples as readonly unknown[];
  return Object.fromEntries(
    values.map((value, index) => [index === 0 ? 'example' : `example${index + 1}`, { summary: description ?? '', value }]),
  );
}
