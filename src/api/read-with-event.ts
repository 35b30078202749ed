import type { z } from 'zod';
import { checkInput } from '../domain/check-input.ts';
import { type FieldError, findUnsupported, isObject } from '../domain/json.ts';
import type { Checked } from '../domain/schema.ts';

/** Reads a body with an `event`: checks all of it but the event, which the verb reads as if it were posted. */
export function readWithEvent<T>(schema: z.ZodType<T>) {
  return (value: unknown, _documented: z.ZodType, lossy: readonly FieldError[]): Checked<T> => {
    const errors = [...lossy, ...findUnsupported(isObject(value) ? { ...value, event: undefined } : value)];
    return errors.length > 0 ? { ok: false, errors } : checkInput(schema, value);
  };
}
