import { type FieldError, pointerTo } from './json.ts';
import type { KnownField, MappedBody, MappingRule } from './mapped-body.ts';
import type { Mapping } from './mapping.ts';
import { collisions, isMisnamed, nameErrors, nameWarnings } from './mapping-targets.ts';
import { isInside, pointerOf, tokensOf, tokensOfField } from './pointer.ts';
import { limitedSuggest, type Suggest } from './suggest.ts';

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
  const near = limitedSuggest();
  for (const rule of rules) {
    const misnamed = isMisnamed(rule.field, body);
    if (misnamed) errors.push({ pointer: rule.at, detail: misnamed });
    else if (!isKnown(rule, body)) reportUnknown(rule, body, near, errors, warnings);
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

function isKnown({ path }: MappingRule, { fields }: MappedBody): boolean {
  return fields.some((known) => known.path === path);
}

function reportUnknown(
  { at, path }: MappingRule,
  body: MappedBody,
  near: Suggest,
  errors: FieldError[],
  warnings: FieldError[],
): void {
  const isOpen = !body.complete || body.openContainers.some((container) => isInside(path, container));
  const meant = suggestion(path, body.fields, near);
  const hint = meant === undefined ? '' : `; did you mean ${meant}?`;
  if (isOpen) warnings.push({ pointer: at, detail: `is not a field known beforehand and may never be there${hint}` });
  else errors.push({ pointer: at, detail: `is not a field of this body${hint}` });
}

/** A field of the same last name elsewhere in the body, else the one whose last name is spelt most alike, in the same object first. */
function suggestion(path: string, fields: readonly KnownField[], near: Suggest): string | undefined {
  const parent = path.slice(0, path.lastIndexOf('/'));
  const last = tokensOf(path).at(-1) ?? '';
  const elsewhere = fields.find((known) => lastNameOf(known) === last);
  if (elsewhere) return elsewhere.name;
  const siblings = fields.filter((known) => known.path.slice(0, known.path.lastIndexOf('/')) === parent);
  const candidates = [...siblings, ...fields];
  const word = near(last, () => candidates.map(lastNameOf));
  return word === undefined ? undefined : candidates.find((known) => lastNameOf(known) === word)?.name;
}

function lastNameOf({ path }: KnownField): string {
  return tokensOf(path).at(-1) ?? '';
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
  for (const rule of rules) {
    const removed = removals.find(({ path }) => isInside(rule.path, path));
    if (removed) warnings.push({ pointer: rule.at, detail: `has no effect, since ${removed.field} is removed whole` });
  }
}
