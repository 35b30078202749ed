import { z } from 'zod';
import type { FieldError } from './json.ts';
import { tokensOf } from './pointer.ts';
import { type Checked, check } from './schema.ts';
import { suggest } from './suggest.ts';

const UNKNOWN_NAME = 'is not a known name here';

/**
 * Checks a value from a request; an unknown name gets the nearest known one as a suggestion.
 *
 * @param at JSON Pointer of the value in the request
 */
export function checkInput<T>(schema: z.ZodType<T>, value: unknown, at = ''): Checked<T> {
  const result = check(schema, value);
  if (result.ok) return result;
  const errors = withSuggestions(schema, result.errors);
  return { ok: false, errors: errors.map(({ pointer, detail }) => ({ pointer: `${at}${pointer}`, detail })) };
}

function withSuggestions(schema: z.ZodType, errors: readonly FieldError[]): readonly FieldError[] {
  return errors.map((error) => {
    if (error.detail !== UNKNOWN_NAME) return error;
    const tokens = tokensOf(error.pointer);
    const name = tokens.at(-1) ?? '';
    const names = namesIn(schema, tokens.slice(0, -1));
    // a name of another member of a union is known, only not here
    const near = names.includes(name) ? undefined : suggest(name, names);
    return near === undefined ? error : { pointer: error.pointer, detail: `${error.detail}; did you mean ${near}?` };
  });
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
  const isWrapped =
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault;
  return isWrapped ? unwrapped(schema.def.innerType as z.ZodType) : schema;
}
