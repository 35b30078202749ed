import type { JsonValue } from './json.ts';

/**
 * A body under construction. Objects are Maps, because a Map keeps every name in its place, where a plain object would
 * move a field called `10` to the front.
 */
export type BodyValue = null | boolean | number | string | BodyValue[] | BodyObject;
export type BodyObject = Map<string, BodyValue>;

/** Builds an object from its members in order; a member that is `undefined` is left out. */
export function object(members: Iterable<readonly [string, BodyValue | undefined]>): BodyObject {
  const body: BodyObject = new Map();
  for (const [name, value] of members) if (value !== undefined) body.set(name, value);
  return body;
}

/** Converts a parsed JSON value, with its names in the same order. */
export function fromJson(value: JsonValue): BodyValue {
  if (Array.isArray(value)) return value.map(fromJson);
  if (typeof value === 'object' && value !== null) {
    return new Map(Object.entries(value).map(([name, member]) => [name, fromJson(member)]));
  }
  return value;
}

/** The compact JSON text of a body, as it goes over the wire. */
export function serialise(value: BodyValue): string {
  if (value instanceof Map) {
    let text = '';
    for (const [name, member] of value) text += `${text === '' ? '' : ','}${JSON.stringify(name)}:${serialise(member)}`;
    return `{${text}}`;
  }
  if (Array.isArray(value)) return `[${value.map(serialise).join(',')}]`;
  return JSON.stringify(value);
}
