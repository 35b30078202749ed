import { type FieldError, isUnstableKey, pointerTo } from './json.ts';
import type { KnownField, MappedBody, MappingRule } from './mapped-body.ts';
import { isInside, parentOf, pointerOf, tokensOfField } from './pointer.ts';

/**
 * Why a field can never be renamed or removed, whatever the body; undefined when it can.
 *
 * @param lists the pointers of the body's lists
 */
export function isMisnamed(
  field: string,
  lists: ReadonlySet<string>,
  { openContainers }: Pick<MappedBody, 'openContainers'>,
): string | undefined {
  const tokens = tokensOfField(field);
  if (tokens === undefined) return 'is not a JSON Pointer: a ~ must be written as ~0, a slash inside a name as ~1';
  const parent = pointerOf(tokens.slice(0, -1));
  const isInList = lists.has(parent);
  const isNumber = /^(0|[1-9][0-9]*)$/.test(tokens.at(-1) ?? '');
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
  const owners = ownersOfPlaces(rules, fields);
  return rules.flatMap(({ at, path, target }) => {
    if (target === undefined) return [];
    const others = (owners.get(renamed(path, target)) ?? []).filter((owner) => owner !== path);
    return others[0] === undefined ? [] : [{ pointer: at, detail: `would have the same name as ${others[0]}: ${target}` }];
  });
}

function wrongName(target: string, reserved: readonly string[]): string | undefined {
  if (target.trim() === '') return 'must not be renamed to nothing';
  if (isUnstableKey(target)) return 'must not be renamed to a number or __proto__: JSON parsers would move or drop it';
  if (reserved.includes(target)) return `must not be renamed to ${target}: that name is taken by the signature`;
  return undefined;
}

/** The fields that have each place, a JSON Pointer, once the whole mapping is applied. */
function ownersOfPlaces(
  rules: readonly MappingRule[],
  fields: readonly KnownField[],
): ReadonlyMap<string, readonly string[]> {
  const targets = new Map(rules.map(({ path, target }) => [path, target]));
  const owners = new Map<string, string[]>();
  for (const path of new Set([...fields.map((field) => field.path), ...targets.keys()])) {
    const target = targets.get(path);
    if (target === undefined && targets.has(path)) continue;
    const place = target === undefined ? path : renamed(path, target);
    const others = owners.get(place);
    if (others) others.push(path);
    else owners.set(place, [path]);
  }
  return owners;
}

function renamed(path: string, target: string): string {
  return pointerTo(parentOf(path), target);
}
