import { z } from 'zod';
import type { JsonValue } from './json.ts';

/**
 * Any JSON value, one named schema in the API's document. It checks nothing: what is read with it was parsed from JSON, and walking
 * through it once more costs more than all other checks of an event.
 */
export const jsonValueSchema = (z.unknown() as z.ZodType<unknown> as z.ZodType<JsonValue>).meta({
  id: 'Json',
  description: 'Any JSON value.',
  examples: [{ tier: 'gold', visits: 3 }],
});
