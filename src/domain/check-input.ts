import { z } from 'zod';
import { type Checked, type CheckOptions, check } from './schema.ts';

/**
 * Checks a value from a request; an unknown name gets the nearest known one as a suggestion.
 *
 * @param at JSON Pointer of the value in the request
 */
export function checkInput<T>(
  schema: z.ZodType<T>,
  value: unknown,
  at = '',
  options: Pick<CheckOptions, 'limit' | 'near'> = {},
): Checked<T> {
  return check(schema, value, { ...options, at, namesAt: (path) => namesIn(schema, path) });
}

/** The member names of the object that `tokens` lead to. */
function namesIn(schema: z.ZodType, tokens: readonly string[]): readonly string[] {
  const plain = unwrapped(schema);
  const [token, ...rest] = tokens;
  if (plain instanceof z.ZodUnion) return plain.options.flatMap((option) => namesIn(option as z.ZodType, tokens));
  if (token === undefined) return plain instanceof z.ZodObject ? Object.keys(plain.shape) : [];
  if (plain instanceof z.ZodArray) return namesIn(plain.element as z.ZodType, rest);
  const member = plain instanceof z.ZodObject ? (plain.shape[token] as z.ZodType | undefined) : undefined;
  return member ? namesIn(member, rest) : [];
}

function unwrapped(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodPipe) return unwrapped(schema.def.in as z.ZodType);
  const isWrapped =
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault;
  return isWrapped ? unwrapped(schema.def.innerType as z.ZodType) : schema;
}
