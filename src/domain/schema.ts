import type { z } from 'zod';
import { type FieldError, pointerTo } from './json.ts';
import { limitedSuggest, type Suggest } from './suggest.ts';
import { validationMessage } from './validation-messages.ts';

export type Checked<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly errors: FieldError[] };

/** More errors of one input would not help anyone. */
export const MAX_FIELD_ERRORS = 100;

const UNKNOWN_NAME = 'is not a known name here';

export interface CheckOptions {
  /** JSON Pointer of the value in the request. */
  readonly at?: string;
  /** Errors beyond so many are left out, before anything is done for them. */
  readonly limit?: number;
  /** Default: for the first ten errors. */
  readonly near?: Suggest;
  /** The member names of the object at `path` of the schema, to suggest one where a name is unknown. */
  namesAt?(path: readonly string[]): readonly string[];
}

/** Checks a value against a schema and returns its errors by field. Never throws. */
export function check<T>(schema: z.ZodType<T>, value: unknown, options: CheckOptions = {}): Checked<T> {
  const result = schema.safeParse(value, { reportInput: true, error: validationMessage });
  return result.success ? { ok: true, value: result.data } : { ok: false, errors: fieldErrors(result.error, options) };
}

type Issue = z.core.$ZodIssue;

/** The field errors of a zod error, each with a pointer to the wrong member. */
function fieldErrors(
  { issues }: z.ZodError,
  { at = '', limit = MAX_FIELD_ERRORS, near = limitedSuggest(), namesAt = () => [] }: CheckOptions,
): FieldError[] {
  const errors: FieldError[] = [];
  for (const issue of issues) {
    const path = issue.path.map(String);
    const pointer = path.reduce(pointerTo, at);
    if (issue.code !== 'unrecognized_keys') {
      errors.push({ pointer, detail: withNear(detailOf(issue), meant(issue, near)) });
    } else {
      for (const key of issue.keys.slice(0, limit - errors.length)) {
        const word = near(key, () => otherNames(key, namesAt(path)));
        errors.push({ pointer: pointerTo(pointer, key), detail: withNear(UNKNOWN_NAME, word) });
      }
    }
    if (errors.length >= limit) break;
  }
  return errors;
}

/** A name of another member of a union is known, only not here: nothing else was meant. */
function otherNames(key: string, names: readonly string[]): readonly string[] {
  return names.includes(key) ? [] : names;
}

function detailOf(issue: Issue): string {
  const isPlainUnion = issue.code === 'invalid_union' && issue.errors.length > 0 && issue.discriminator === undefined;
  return isPlainUnion ? unionDetail(issue.errors) : issue.message;
}

function withNear(detail: string, word: string | undefined): string {
  return word === undefined ? detail : `${detail}; did you mean ${word}?`;
}

/** The word that was probably meant, where there is a list of words. */
function meant(issue: Issue, near: Suggest): string | undefined {
  if (issue.code === 'invalid_value') return nearWord(issue.input, issue.values, near);
  if (issue.code !== 'invalid_union' || issue.discriminator === undefined || !('options' in issue)) return undefined;
  const given = (issue.input as Record<string, unknown> | undefined)?.[issue.discriminator];
  return nearWord(given, issue.options ?? [], near);
}

function nearWord(given: unknown, words: readonly unknown[], near: Suggest): string | undefined {
  return typeof given === 'string' ? near(given, () => words.map(String)) : undefined;
}

function unionDetail(branches: readonly (readonly Issue[])[]): string {
  return [...new Set(branches.flat().map((issue) => issue.message))].join(', or ');
}
