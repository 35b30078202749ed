import { pointerTo } from './json.ts';

/**
 * The reference tokens of a field as a mapping names it: a bare name is one token (a member of the top level), what begins
 * with a slash is a JSON Pointer (RFC 6901). Undefined when the pointer is malformed.
 */
export function tokensOfField(field: string): readonly string[] | undefined {
  if (!field.startsWith('/')) return [field];
  return isWellFormed(field) ? tokensOf(field) : undefined;
}

/** The JSON Pointer of a field as a mapping names it. A malformed one is taken for a name. */
export function pathOfField(field: string): string {
  return field.startsWith('/') && isWellFormed(field) ? field : pointerTo('', field);
}

function isWellFormed(pointer: string): boolean {
  return !/~(?![01])/.test(pointer);
}

/** The reference tokens of a JSON Pointer, unescaped; none for `''`. */
export function tokensOf(pointer: string): readonly string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((token) => (token.includes('~') ? token.replaceAll('~1', '/').replaceAll('~0', '~') : token));
}

/** The JSON Pointer of reference tokens; `''` for none. */
export function pointerOf(tokens: readonly string[]): string {
  return tokens.reduce<string>(pointerTo, '');
}

/** How a mapping names a field: by its bare name at the top level, else by its JSON Pointer. */
export function fieldNameOf(tokens: readonly string[]): string {
  const [name, ...rest] = tokens;
  return name === undefined || rest.length > 0 || name.startsWith('/') ? pointerOf(tokens) : name;
}

/** True when `pointer` names something inside of what `container` names. */
export function isInside(pointer: string, container: string): boolean {
  return pointer.startsWith(`${container}/`);
}
