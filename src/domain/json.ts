export type JsonValue = null | boolean | number | string | JsonValue[] | { [key: string]: JsonValue };

/** True for a JSON object: neither null nor a list. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An error in an input: where (JSON Pointer, RFC 6901, "" for the whole) and what would be right. */
export interface FieldError {
  readonly pointer: string;
  readonly detail: string;
}

export const MAX_JSON_DEPTH = 32;

/** Adds a reference token to a JSON Pointer (RFC 6901: `~` and `/` are escaped). */
export function pointerTo(parent: string, key: string | number): string {
  return `${parent}/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

/**
 * True for a name that `JSON.parse` and plain objects reorder (integer-like names move to the front) or drop (`__proto__`).
 */
export function isUnstableKey(key: string): boolean {
  return key === '__proto__' || /^(0|[1-9][0-9]*)$/.test(key);
}

/**
 * Finds values that JSON allows but Passwire cannot deliver byte for byte: NUL and lone surrogates (Postgres text), integers
 * beyond 2^53 (already rounded when they arrive), numbers beyond the range of a double, names that are reordered, and nesting
 * deeper than 32. Runs on the parsed value before any schema, because schemas drop `__proto__` silently. Returns at most
 * `limit` errors.
 */
export function findUnsupported(value: unknown, pointer = '', limit = 20): FieldError[] {
  const errors: FieldError[] = [];
  visit(value, pointer, 0, errors, limit);
  return errors;
}

function visit(value: unknown, pointer: string, depth: number, errors: FieldError[], limit: number): void {
  if (errors.length >= limit) return;
  if (typeof value === 'string') {
    const detail = wrongText(value);
    if (detail) errors.push({ pointer, detail });
  } else if (typeof value === 'number') {
    if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
      errors.push({ pointer, detail: 'is an integer beyond 2^53 and was rounded on its way; send it as text' });
    } else if (!Number.isFinite(value)) {
      errors.push({ pointer, detail: 'is a number too large to carry; send it as text' });
    }
  } else if (typeof value === 'object' && value !== null) {
    if (depth >= MAX_JSON_DEPTH) {
      errors.push({ pointer, detail: `is nested deeper than ${MAX_JSON_DEPTH} levels` });
      return;
    }
    visitMembers(value, pointer, depth, errors, limit);
  }
}

function visitMembers(value: object, pointer: string, depth: number, errors: FieldError[], limit: number): void {
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++)
      visit(value[index], pointerTo(pointer, index), depth + 1, errors, limit);
    return;
  }
  for (const key of Object.keys(value)) {
    const at = pointerTo(pointer, key);
    const detail = isUnstableKey(key)
      ? 'is a name that JSON parsers reorder or drop; use a name that is not a number'
      : wrongText(key);
    if (detail) errors.push({ pointer: at, detail });
    visit((value as Record<string, unknown>)[key], at, depth + 1, errors, limit);
  }
}

function wrongText(text: string): string | undefined {
  if (text.includes('\0')) return 'holds a NUL character, which cannot be stored';
  if (!text.isWellFormed()) return 'holds half of a surrogate pair; send whole characters';
  return undefined;
}
