import type { FieldIndex } from './field-index.ts';
import { type FieldError, isUnstableKey } from './json.ts';
import type { KnownField, MappedBody, MappingRule } from './mapped-body.ts';
import { isInside, tokensOf } from './pointer.ts';

/** Why a field can never be renamed or removed, whatever the body; undefined when it can. */
export function isMisnamed(
  { field, path }: MappingRule,
  fields: FieldIndex,
  openContainers: readonly string[],
): string | undefined {
  if (field.startsWith('/') && path !== field) {
    return 'is not a JSON Pointer: a ~ must be written as ~0, a slash inside a name as ~1';
  }
  const parent = parentOf(path);
  const isInList = fields.isList(parent);
  const isNumber = /\/(0|[1-9][0-9]*)$/.test(path);
  // what a container holds is not known: below its own members, a number is taken for the position in a list
  const isInOpenList = isNumber && openContainers.some((container) => isInside(parent, container));
  if (isInList || isInOpenList) return 'names an element of a list; only members of objects can be renamed or removed';
  return undefined;
}

/** What is wrong with the new names by themselves: empty, reserved, or not stable in JSON. */
export function nameErrors(rules: readonly MappingRule[], { reservedNames }: MappedBody): FieldError[] {
  return rules.flatMap(({ at, path, target }) => {
    const detail = target === undefined ? undefined : wrongName(target, parentOf(path) === '' ? reservedNames : []);
    return detail === undefined ? [] : [{ pointer: at, detail }];
  });
}

/** New names that look like a JSON Pointer. They are taken literally: a rename does not move a field to another object. */
export function nameWarnings(rules: readonly MappingRule[]): FieldError[] {
  return rules.flatMap(({ at, target }) => {
    if (!target?.startsWith('/')) return [];
    const detail = `takes the name literally, slash included: a rename does not move the field to ${target}`;
    return [{ pointer: at, detail }];
  });
}

/** New names that another member of the same object has too, once the whole mapping is applied. */
export function collisions(rules: readonly MappingRule[], { fields }: MappedBody): FieldError[] {
  if (rules.every(({ target }) => target === undefined)) return [];
  const owners = ownersOfNames(rules, fields);
  return rules.flatMap(({ at, path, target }) => {
    if (target === undefined) return [];
    const others = (owners.get(slot(path, target)) ?? []).filter((owner) => owner !== path);
    return others[0] === undefined ? [] : [{ pointer: at, detail: `would have the same name as ${others[0]}: ${target}` }];
  });
}

function wrongName(target: string, reserved: readonly string[]): string | undefined {
  if (target.trim() === '') return 'must not be renamed to nothing';
  if (isUnstableKey(target)) return 'must not be renamed to a number or __proto__: JSON parsers would move or drop it';
  if (reserved.includes(target)) return `must not be renamed to ${target}: that name is taken by the signature`;
  return undefined;
}

/** Who has each name of each object once the whole mapping is applied. */
function ownersOfNames(
  rules: readonly MappingRule[],
  fields: readonly KnownField[],
): ReadonlyMap<string, readonly string[]> {
  const targets = new Map(rules.map(({ path, target }) => [path, target]));
  const owners = new Map<string, string[]>();
  for (const path of new Set([...fields.map((field) => field.path), ...targets.keys()])) {
    const name = targets.has(path) ? targets.get(path) : tokensOf(path.slice(path.lastIndexOf('/')))[0];
    if (name === undefined) continue;
    const key = slot(path, name);
    owners.set(key, [...(owners.get(key) ?? []), path]);
  }
  return owners;
}

/** A name in the object that `path` is a member of. */
function slot(path: string, name: string): string {
  return JSON.stringify([parentOf(path), name]);
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/'));
}
