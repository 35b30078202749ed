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
  const token = String(key);
  const isPlain = !(token.includes('~') || token.includes('/')); // spares most keys two replacements
  return `${parent}/${isPlain ? token : token.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

/**
 * True for a name that `JSON.parse` and plain objects reorder (integer-like names move to the front) or drop (`__proto__`).
 */
export function isUnstableKey(key: string): boolean {
  return key === '__proto__' || /^(0|[1-9][0-9]*)$/.test(key);
}

/** Where names that are whole numbers are accepted: JSON Pointers of objects whose content is passed on as it is. */
export interface UnsupportedOptions {
  /** JSON Pointer of the value in the request. */
  readonly at?: string;
  /** JSON Pointers in the value (vendors.md X3). */
  readonly openContainers?: readonly string[];
  readonly limit?: number;
}

/**
 * Finds values that JSON allows but Passwire cannot deliver: NUL and lone surrogates (Postgres text), names that are reordered or
 * dropped, and nesting deeper than 32. Runs on the parsed value before any schema, because schemas drop `__proto__` silently. What
 * parsing itself loses is found in the text (lossy-json.ts). Returns at most `limit` errors.
 */
export function findUnsupported(
  value: unknown,
  { at = '', openContainers = [], limit = 20 }: UnsupportedOptions = {},
): FieldError[] {
  const openNames = new Set(openContainers.map((pointer) => pointer.slice(pointer.lastIndexOf('/') + 1)));
  const search: Search = { at, open: new Set(openContainers), openNames, limit, tokens: [], errors: [] };
  visit(value, search, false);
  return search.errors;
}

interface Search {
  readonly at: string;
  readonly open: ReadonlySet<string>;
  /** The last tokens of `open`: comparing one first saves making a pointer for every object. */
  readonly openNames: ReadonlySet<string | number>;
  readonly limit: number;
  /** Where the search is, below `at`. */
  readonly tokens: (string | number)[];
  readonly errors: FieldError[];
}

function visit(value: unknown, search: Search, isOpen: boolean): void {
  if (search.errors.length >= search.limit) return;
  if (typeof value === 'string') {
    const detail = wrongText(value);
    if (detail) report(search, detail);
  } else if (typeof value === 'object' && value !== null) {
    if (search.tokens.length >= MAX_JSON_DEPTH) report(search, `is nested deeper than ${MAX_JSON_DEPTH} levels`);
    else visitMembers(value, search, isOpen || isOpened(search));
  }
}

function visitMembers(value: object, search: Search, isOpen: boolean): void {
  const { tokens } = search;
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) {
      tokens.push(index);
      visit(value[index], search, isOpen);
      tokens.pop();
    }
    return;
  }
  for (const key of Object.keys(value)) {
    tokens.push(key);
    const detail = isUnstableKey(key) && !(isOpen && key !== '__proto__') ? UNSTABLE_NAME : wrongText(key);
    if (detail) report(search, detail);
    visit((value as Record<string, unknown>)[key], search, isOpen);
    tokens.pop();
  }
}

const UNSTABLE_NAME = 'is a name that JSON parsers reorder or drop; use a name that is not a number';

function isOpened({ open, openNames, tokens }: Search): boolean {
  return openNames.has(tokens.at(-1) ?? '') && open.has(tokens.reduce<string>(pointerTo, ''));
}

function report(search: Search, detail: string): void {
  if (search.errors.length < search.limit) {
    search.errors.push({ pointer: search.tokens.reduce<string>(pointerTo, search.at), detail });
  }
}

function wrongText(text: string): string | undefined {
  if (text.includes('\0')) return 'holds a NUL character, which cannot be stored';
  if (!text.isWellFormed()) return 'holds half of a surrogate pair; send whole characters';
  return undefined;
}
