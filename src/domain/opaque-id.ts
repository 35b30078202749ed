import { z } from 'zod';
import { optionalText } from './optional.ts';

/** Longest opaque id, in bytes of UTF-8: two of them and a UUID still fit into a Postgres index entry. */
const MAX_OPAQUE_ID_BYTES = 512;

/** An id that another system assigned: never parsed, never required to have a format. */
export const opaqueIdSchema = opaqueId(1);

function opaqueId(minLength: number) {
  return z
    .string()
    .min(minLength)
    .refine((id) => Buffer.byteLength(id) <= MAX_OPAQUE_ID_BYTES, {
      error: `must be at most ${MAX_OPAQUE_ID_BYTES} bytes of UTF-8`,
    });
}

/** An opaque id that may be left out, and is when it is empty. */
export const optionalIdSchema = optionalText(opaqueId(0));
