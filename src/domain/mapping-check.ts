import { type FieldError, pointerTo } from './json.ts';
import type { KnownField, MappedBody, MappingRule } from './mapped-body.ts';
import type { Mapping } from './mapping.ts';
import { collisions, isMisnamed, nameErrors, nameWarnings } from './mapping-targets.ts';
import { containersOf, isInside, parentOf, pointerOf, tokensOf, tokensOfField } from './pointer.ts';
import { limitedSuggest } from './suggest.ts';

/** Errors refuse the mapping; warnings do not. Pointers start with `/mapping`. */
export interface MappingCheck {
  readonly errors: readonly FieldError[];
  readonly warnings: readonly FieldError[];
}

/** Checks a mapping against a body's fields (design.md section 5). Never throws. */
export function checkMapping(mapping: Mapping, body: MappedBody): MappingCheck {
  const errors: FieldError[] = [];
  const warnings: FieldError[] = [];
  const rules = rulesOf(mapping);
  const known = new Set(body.fields.map(({ path }) => path));
  const lists = new Set(body.fields.filter(({ type }) => type === 'array').map(({ path }) => path));
  const meant = suggestions(body.fields);
  for (const rule of rules) {
    const misnamed = isMisnamed(rule.field, lists, body);
    if (misnamed) errors.push({ pointer: rule.at, detail: misnamed });
    else if (!known.has(rule.path)) reportUnknown(rule, body, meant, errors, warnings);
  }
  reportRepeated(rules, errors);
  reportRemovals(rules, body, warnings);
  errors.push(...nameErrors(rules, body), ...collisions(rules, body));
  warnings.push(...nameWarnings(rules));
  return { errors, warnings };
}

function rulesOf({ rename, remove }: Mapping): readonly MappingRule[] {
  const rule = (field: string, at: string, target?: string): MappingRule => ({
    at,
    field,
    path: pointerOf(tokensOfField(field) ?? [field]),
    target,
  });
  return [
    ...Object.entries(rename).map(([field, target]) => rule(field, pointerTo('/mapping/rename', field), target)),
    ...remove.map((field, index) => rule(field, pointerTo('/mapping/remove', index))),
  ];
}

function reportUnknown(
  { at, path }: MappingRule,
  body: MappedBody,
  meantBy: (path: string) => string | undefined,
  errors: FieldError[],
  warnings: FieldError[],
): void {
  const isOpen = !body.complete || body.openContainers.some((container) => isInside(path, container));
  const meant = meantBy(path);
  const hint = meant === undefined ? '' : `; did you mean ${meant}?`;
  if (isOpen) warnings.push({ pointer: at, detail: `is not a field known beforehand and may never be there${hint}` });
  else errors.push({ pointer: at, detail: `is not a field of this body${hint}` });
}

/** Suggests a field of the same last name elsewhere in the body, else the one whose last name is spelt most alike, in the same object first. */
function suggestions(fields: readonly KnownField[]): (path: string) => string | undefined {
  const near = limitedSuggest();
  let byLastName: ReadonlyMap<string, KnownField> | undefined; // made for the first unknown path: most mappings have none
  return (path) => {
    byLastName ??= new Map(fields.toReversed().map((field) => [lastNameIn(field.path), field]));
    const last = lastNameIn(path);
    const elsewhere = byLastName.get(last);
    if (elsewhere) return elsewhere.name;
    const siblings = () => fields.filter((field) => parentOf(field.path) === parentOf(path));
    const candidates = byLastName;
    const word = near(last, () => [...siblings().map((field) => lastNameIn(field.path)), ...candidates.keys()]);
    if (word === undefined) return undefined;
    return (siblings().find((field) => lastNameIn(field.path) === word) ?? byLastName.get(word))?.name;
  };
}

function lastNameIn(path: string): string {
  return tokensOf(path.slice(path.lastIndexOf('/'))).at(-1) ?? '';
}

function reportRepeated(rules: readonly MappingRule[], errors: FieldError[]): void {
  const first = new Map<string, MappingRule>();
  for (const rule of rules) {
    const earlier = first.get(rule.path);
    if (earlier === undefined) first.set(rule.path, rule);
    else if (earlier.target !== undefined && rule.target === undefined) {
      errors.push({ pointer: rule.at, detail: 'is renamed and removed; do one of the two' });
    } else {
      errors.push({ pointer: rule.at, detail: `is the same field as ${earlier.field}, which is named already` });
    }
  }
}

function reportRemovals(rules: readonly MappingRule[], body: MappedBody, warnings: FieldError[]): void {
  const removals = rules.filter(({ target }) => target === undefined);
  for (const { at, path } of removals) {
    if (body.passIdPaths.some((id) => id === path || isInside(id, path))) {
      warnings.push({ pointer: at, detail: 'is, or holds, the id of the pass: the vendor advises against removing it' });
    }
  }
  const byPath = new Map(removals.toReversed().map((removal) => [removal.path, removal]));
  for (const rule of rules) {
    const removed = containersOf(rule.path).flatMap((path) => byPath.get(path) ?? [])[0];
    if (removed) warnings.push({ pointer: rule.at, detail: `has no effect, since ${removed.field} is removed whole` });
  }
}
