import { FieldIndex } from './field-index.ts';
import { type FieldError, pointerTo } from './json.ts';
import type { MappedBody, MappingRule } from './mapped-body.ts';
import type { Mapping } from './mapping.ts';
import { collisions, isMisnamed, nameErrors, nameWarnings } from './mapping-targets.ts';
import { isInside, pathOfField } from './pointer.ts';
import { limitedSuggest, type Suggest } from './suggest.ts';

/** Errors refuse the mapping; warnings do not. Pointers start with `/mapping`. */
export interface MappingCheck {
  readonly errors: readonly FieldError[];
  readonly warnings: readonly FieldError[];
}

/**
 * Checks a mapping against a body's fields (design.md section 5). Never throws.
 *
 * @param stored the mapping before a change: a rule that is in it and whose field is gone meanwhile is only warned of
 */
export function checkMapping(
  mapping: Mapping,
  body: MappedBody,
  near: Suggest = limitedSuggest(),
  stored: Mapping = NO_MAPPING,
): MappingCheck {
  const errors: FieldError[] = [];
  const warnings: FieldError[] = [];
  const rules = rulesOf(mapping);
  const fields = new FieldIndex(body.fields);
  for (const rule of rules) {
    const misnamed = isMisnamed(rule, fields, body.openContainers);
    if (misnamed) errors.push({ pointer: rule.at, detail: misnamed });
    else if (!fields.has(rule.path)) {
      const refused = isIn(stored, rule) ? warnings : errors;
      reportUnknown(rule, body, fields.meant(rule.path, near), refused, warnings);
    }
  }
  reportEnvelope(rules, body, errors);
  reportRepeated(rules, errors);
  reportRemovals(rules, body, warnings);
  errors.push(...nameErrors(rules, body), ...collisions(rules, body));
  warnings.push(...nameWarnings(rules));
  return { errors, warnings };
}

const NO_MAPPING: Mapping = { rename: {}, remove: [] };

function isIn({ rename, remove }: Mapping, { field, target }: MappingRule): boolean {
  return target === undefined ? remove.includes(field) : rename[field] === target;
}

function rulesOf({ rename, remove }: Mapping): readonly MappingRule[] {
  const rule = (field: string, at: string, target?: string): MappingRule => ({
    at,
    field,
    path: pathOfField(field),
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
  meant: string | undefined,
  errors: FieldError[],
  warnings: FieldError[],
): void {
  const isOpen = !body.complete || body.openContainers.some((container) => isInside(path, container));
  const hint = meant === undefined ? '' : `; did you mean ${meant}?`;
  if (isOpen) warnings.push({ pointer: at, detail: `is not a field known beforehand and may never be there${hint}` });
  else errors.push({ pointer: at, detail: `is not a field of this body${hint}` });
}

function reportEnvelope(rules: readonly MappingRule[], { envelope }: MappedBody, errors: FieldError[]): void {
  for (const { at, path, target } of rules) {
    const isNeeded = envelope.required.includes(path);
    if (isNeeded || (target !== undefined && envelope.optional.includes(path))) {
      const allowed = isNeeded ? 'it can be neither renamed nor removed' : 'it can be removed, not renamed';
      errors.push({ pointer: at, detail: `belongs to the format: ${allowed}` });
    }
  }
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
  const removedFields = new Map(removals.map(({ path, field }) => [path, field]));
  for (const { at, path } of rules) {
    const removed = removedAround(path, removedFields);
    if (removed !== undefined) warnings.push({ pointer: at, detail: `has no effect, since ${removed} is removed whole` });
  }
}

/** The innermost removed field that `path` is inside of. */
function removedAround(path: string, removedFields: ReadonlyMap<string, string>): string | undefined {
  for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) {
    const field = removedFields.get(path.slice(0, at));
    if (field !== undefined) return field;
  }
  return undefined;
}
