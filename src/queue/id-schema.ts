import { z } from 'zod';
import { type Id, type IdKind, parseId } from '../domain/id.ts';

/** An id that comes back from Redis. */
export function idSchema<K extends IdKind>(kind: K) {
  return z.custom<Id<K>>(
    (value) => typeof value === 'string' && parseId(kind, value) !== undefined,
    `is not the id of a ${kind}`,
  );
}
