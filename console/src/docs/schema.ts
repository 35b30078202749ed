import type { Reference, Schema } from './document.ts';
import { docs as text } from './strings.ts';

export interface Member {
  readonly name: string;
  readonly schema: Schema;
  readonly isRequired: boolean;
}

/** A schema without its reference, and the name that it had there. */
export function named(
  schema: Schema,
  reference: Reference,
): { readonly schema: Schema; readonly name: string | undefined } {
  const { value, name } = reference.resolve(schema);
  return { schema: value, name: name ?? value.title };
}

/** The type in words: `list of string`, `Delivery or null`. What can contain itself stays a name where it is inside another. */
export function typeOf(given: Schema, reference: Reference, isInside = false): string {
  const { value: schema, name } = reference.resolve(given);
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((one) => JSON.stringify(one)).join(text.type.or);
  const alternatives = alternativesOf(schema);
  if (alternatives && isInside && name !== undefined) return name;
  if (alternatives) {
    return [...new Set(alternatives.map((one) => typeOf(one, reference, true)))].join(text.type.or);
  }
  const types = [schema.type ?? []].flat();
  if (types.length === 0) return name ?? (schema.allOf?.length ? 'object' : text.type.any);
  return types.map((type) => wordOf(type, schema, name, reference)).join(text.type.or);
}

function wordOf(type: string, schema: Schema, name: string | undefined, reference: Reference): string {
  if (type === 'array') return text.type.listOf(schema.items ? typeOf(schema.items, reference, true) : text.type.any);
  if (type === 'object') {
    const values = schema.additionalProperties;
    const isMap = !schema.properties && typeof values === 'object';
    return isMap ? text.type.mapOf(typeOf(values, reference, true)) : (name ?? 'object');
  }
  return schema.format === undefined ? type : `${type} (${schema.format})`;
}

function alternativesOf(schema: Schema): readonly Schema[] | undefined {
  return schema.oneOf ?? schema.anyOf;
}

/**
 * What can be opened below a schema: the members of an object, of each item of a list, or of each alternative.
 *
 * @param above schemas that this one is part of, since a schema can contain itself
 */
export function membersOf(given: Schema, reference: Reference, above: readonly Schema[] = []): readonly Member[] {
  const { schema } = named(given, reference);
  if (above.includes(schema)) return [];
  const inside = [...above, schema];
  const alternatives = alternativesOf(schema);
  if (alternatives) return membersOfAlternatives(alternatives, reference, inside);
  if (schema.allOf) return schema.allOf.flatMap((one) => membersOf(one, reference, inside));
  if (schema.items) return membersOf(schema.items, reference, inside);
  const members = Object.entries(schema.properties ?? {}).map(([name, member]) => ({
    name,
    schema: member,
    isRequired: schema.required?.includes(name) ?? false,
  }));
  const others = schema.additionalProperties;
  if (typeof others !== 'object' || Object.keys(others).length === 0) return members;
  if (members.length === 0) return membersOf(others, reference, inside);
  return [...members, { name: text.otherMembers, schema: others, isRequired: false }];
}

/** Alternatives with names are opened one by one; the members of those without are shown together. */
function membersOfAlternatives(
  alternatives: readonly Schema[],
  reference: Reference,
  inside: readonly Schema[],
): readonly Member[] {
  const opened = alternatives.filter((one) => membersOf(one, reference, inside).length > 0);
  const labels = opened.map((one) => named(one, reference).name);
  if (opened.length > 1 && labels.every((label) => label !== undefined)) {
    return opened.map((one, index) => ({ name: labels[index] ?? '', schema: one, isRequired: false }));
  }
  const together = new Map<string, Member>();
  for (const member of opened.flatMap((one) => membersOf(one, reference, inside))) {
    if (!together.has(member.name))
      together.set(member.name, { ...member, isRequired: opened.length === 1 && member.isRequired });
  }
  return [...together.values()];
}

/** The bounds of a value in words: `1 to 100 characters`, `default 10`. */
export function boundsOf(schema: Schema): readonly string[] {
  const bounds: string[] = [];
  const { minimum, maximum, minLength, maxLength, minItems, maxItems, pattern } = schema;
  // the largest integers are no bounds that anybody set
  if (minimum !== undefined && Math.abs(minimum) < Number.MAX_SAFE_INTEGER) bounds.push(text.from(minimum));
  if (maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER) bounds.push(text.to(maximum));
  if (minLength !== undefined || maxLength !== undefined) bounds.push(text.length(minLength, maxLength, text.characters));
  if (minItems !== undefined || maxItems !== undefined) bounds.push(text.length(minItems, maxItems, text.items));
  if (pattern !== undefined && schema.format === undefined) bounds.push(text.pattern(pattern));
  if (schema.default !== undefined) bounds.push(text.default(JSON.stringify(schema.default)));
  return bounds;
}
