import { z } from 'zod';

/**
 * Renames and removes fields of a body. A field is named as `describe` prints it: by its name at the top level, by a JSON
 * Pointer below it.
 */
export const mappingSchema = z.strictObject({
  rename: z.record(z.string().min(1).max(512), z.string().max(255)).default({}),
  remove: z.array(z.string().min(1).max(512)).max(500).default([]),
});

export type Mapping = z.infer<typeof mappingSchema>;
