import type { z } from 'zod';
import { type FieldError, pointerTo } from './json.ts';
import { suggest } from './suggest.ts';
import { validationMessage } from './validation-messages.ts';

/** A longer text is not a misspelt word. */
const MAX_WORD_LENGTH = 128;

export type Checked<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly errors: FieldError[] };

/** Checks a value against a schema and returns its errors by field. Never throws. */
export function check<T>(schema: z.ZodType<T>, value: unknown, at = ''): Checked<T> {
  const result = schema.safeParse(value, { reportInput: true, error: validationMessage });
  return result.success ? { ok: true, value: result.data } : { ok: false, errors: fieldErrors(result.error, at) };
}

/** The field errors of a zod error, each with a pointer to the wrong member. */
function fieldErrors(error: z.ZodError, at = ''): FieldError[] {
  return error.issues.flatMap((issue) => issueErrors(issue, at));
}

function issueErrors(issue: z.core.$ZodIssue, at: string): FieldError[] {
  const pointer = issue.path.reduce<string>((parent, key) => pointerTo(parent, String(key)), at);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ pointer: pointerTo(pointer, key), detail: 'is not a known name here' }));
  }
  if (issue.code === 'invalid_union' && issue.errors.length > 0 && issue.discriminator === undefined) {
    return [{ pointer, detail: unionDetail(issue.errors) }];
  }
  const near = suggestion(issue);
  return [{ pointer, detail: near === undefined ? issue.message : `${issue.message}; did you mean ${near}?` }];
}

/** The word that was probably meant, where there is a list of words. */
function suggestion(issue: z.core.$ZodIssue): string | undefined {
  if (issue.code === 'invalid_value') return meant(issue.input, issue.values);
  if (issue.code !== 'invalid_union' || issue.discriminator === undefined || !('options' in issue)) return undefined;
  const given = (issue.input as Record<string, unknown> | undefined)?.[issue.discriminator];
  return meant(given, issue.options ?? []);
}

function meant(given: unknown, words: readonly unknown[]): string | undefined {
  return typeof given === 'string' ? suggest(given.slice(0, MAX_WORD_LENGTH), words.map(String)) : undefined;
}

function unionDetail(branches: readonly (readonly z.core.$ZodIssue[])[]): string {
  return [...new Set(branches.flat().map((issue) => issue.message))].join(', or ');
}
