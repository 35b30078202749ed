import { type FieldError, pointerTo } from './json.ts';
import type { KnownField, MappedBody, MappingRule } from './mapped-body.ts';
import type { Mapping } from './mapping.ts';
import { collisions, isMisnamed, nameErrors, nameWarnings } from './mapping-targets.ts';
import { isInside, pointerOf, tokensOfField } from './pointer.ts';
import { suggest } from './suggest.ts';

/** The search for names spelt alike is slow; only the first unknown fields get a suggestion. */
const MAX_SUGGESTIONS = 10;

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
  for (const rule of rules) {
    const misnamed = isMisnamed(rule.field, body.fields);
    if (misnamed) errors.push({ pointer: rule.at, detail: misnamed });
    else if (!isKnown(rule, body)) reportUnknown(rule, body, errors, warnings);
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
  { at, field, path }: MappingRule,
  body: MappedBody,
  errors: FieldError[],
  warnings: FieldError[],
): void {
  const isOpen = !body.complete || body.openContainers.some((container) => isInside(path, container));
  const near = errors.length + warnings.length < MAX_SUGGESTIONS ? suggestion(field, path, body.fields) : undefined;
  const hint = near === undefined ? '' : `; did you mean ${near}?`;
  if (isOpen) warnings.push({ pointer: at, detail: `is not a field known beforehand and may never be there${hint}` });
  else errors.push({ pointer: at, detail: `is not a field of this body${hint}` });
}

/** A field of the same last name elsewhere in the body, else the one spelt most alike. */
function suggestion(field: string, path: string, fields: readonly KnownField[]): string | undefined {
  const last = path.slice(path.lastIndexOf('/'));
  const elsewhere = fields.find((known) => known.path.endsWith(last));
  const names = fields.map(({ name }) => name);
  return elsewhere?.name ?? suggest(field, names);
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
