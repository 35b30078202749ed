import { z } from 'zod';
import type { FieldError } from '../domain/json.ts';
import { nearest } from '../domain/nearest.ts';

const UNKNOWN_NAME = 'is not a known name here';

/** Adds the nearest known name to errors about unknown names, where the schema says which names there are. */
export function withSuggestions(schema: z.ZodType, errors: readonly FieldError[]): FieldError[] {
  return errors.map((error) => {
    if (error.detail !== UNKNOWN_NAME) return error;
    const tokens = error.pointer.split('/').slice(1).map(unescapeToken);
    const name = tokens.pop() ?? '';
    const near = nearest(name, namesIn(schema, tokens));
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

function unescapeToken(token: string): string {
  return token.replaceAll('~1', '/').replaceAll('~0', '~');
}
