import { COMPARISONS, type ComparisonName, type Filter } from './filter.ts';
import { instantSchema } from './instant.ts';
import { type FieldError, isObject, pointerTo } from './json.ts';
import type { Checked } from './schema.ts';
import { limitedSuggest, type Suggest } from './suggest.ts';

/** Bounds that keep a filter cheap for every event. */
const MAX_DEPTH = 5;
const MAX_CONDITIONS = 50;
const MAX_LISTED = 100;
const MAX_TEXT = 512;

const GROUPS = ['all', 'any', 'not'];
const NAMES = [...GROUPS, 'path', ...COMPARISONS];
const SHAPE = 'must be {"all": [...]}, {"any": [...]}, {"not": {...}}, or a path with one comparison';

interface Reading {
  readonly errors: FieldError[];
  readonly near: Suggest;
  conditions: number;
}

/**
 * Reads a filter from parsed JSON.
 *
 * @param at JSON Pointer of the filter in the request
 */
export function readFilter(value: unknown, at: string): Checked<Filter> {
  const reading: Reading = { errors: [], near: limitedSuggest(), conditions: 0 };
  readCondition(value, at, 1, reading);
  if (reading.conditions > MAX_CONDITIONS) {
    reading.errors.unshift({ pointer: at, detail: `must have at most ${MAX_CONDITIONS} conditions` });
  }
  const { errors } = reading;
  return errors.length > 0 ? { ok: false, errors } : { ok: true, value: value as Filter };
}

function readCondition(value: unknown, at: string, depth: number, reading: Reading): void {
  const { errors } = reading;
  reading.conditions += 1;
  if (reading.conditions > MAX_CONDITIONS) return;
  if (depth > MAX_DEPTH) {
    errors.push({ pointer: at, detail: `must be at most ${MAX_DEPTH} levels deep` });
    return;
  }
  if (!isObject(value)) {
    errors.push({ pointer: at, detail: SHAPE });
    return;
  }
  for (const name of Object.keys(value)) if (!NAMES.includes(name)) errors.push(unknownName(at, name, reading.near));
  const group = GROUPS.find((name) => Object.hasOwn(value, name));
  if (group === undefined) {
    readComparison(value, at, errors);
    return;
  }
  for (const name of Object.keys(value).filter((other) => other !== group && NAMES.includes(other))) {
    errors.push({ pointer: pointerTo(at, name), detail: `must not stand beside ${group}` });
  }
  const below = pointerTo(at, group);
  if (group === 'not') {
    readCondition(value.not, below, depth + 1, reading);
    return;
  }
  const members = value[group];
  if (!Array.isArray(members) || members.length === 0) {
    errors.push({ pointer: below, detail: 'must be a list of at least one condition' });
    return;
  }
  for (const [index, member] of members.entries()) readCondition(member, pointerTo(below, index), depth + 1, reading);
}

function unknownName(at: string, name: string, near: Suggest): FieldError {
  const nearest = near(name, () => NAMES);
  const hint = nearest === undefined ? `; known are ${NAMES.join(', ')}` : `; did you mean ${nearest}?`;
  return { pointer: pointerTo(at, name), detail: `is not known in a filter${hint}` };
}

function readComparison(value: Record<string, unknown>, at: string, errors: FieldError[]): void {
  const names = COMPARISONS.filter((name) => Object.hasOwn(value, name));
  const { path } = value;
  if (typeof path !== 'string' || !path.startsWith('/') || /~(?![01])/.test(path)) {
    errors.push({ pointer: pointerTo(at, 'path'), detail: 'must be a JSON Pointer into the event, such as /pass/status' });
  }
  const [name, second] = names;
  if (name === undefined) {
    errors.push({ pointer: at, detail: `must have one of ${COMPARISONS.join(', ')}` });
    return;
  }
  if (second !== undefined) {
    errors.push({ pointer: pointerTo(at, second), detail: `must not stand beside ${name}; put two conditions into all` });
  }
  const detail = wrongOperand(name, value[name]);
  if (detail !== undefined) errors.push({ pointer: pointerTo(at, name), detail });
}

function wrongOperand(name: ComparisonName, operand: unknown): string | undefined {
  switch (name) {
    case 'exists':
      return typeof operand === 'boolean' ? undefined : 'must be true or false';
    case 'eq':
      return operand === null ? 'must not be null: use "exists": false' : wrongScalar(operand);
    case 'startsWith':
      return typeof operand === 'string' && operand !== '' ? wrongScalar(operand) : 'must be text';
    case 'in': {
      if (!Array.isArray(operand) || operand.length === 0) return 'must be a list of at least one value';
      if (operand.length > MAX_LISTED) return `must list at most ${MAX_LISTED} values`;
      return operand.map(wrongScalar).find((detail) => detail !== undefined);
    }
    default:
      return isLimit(operand) ? undefined : 'must be a number, or an instant such as 2026-03-01T12:00:00Z';
  }
}

function wrongScalar(operand: unknown): string | undefined {
  if (typeof operand === 'string') {
    return operand.length <= MAX_TEXT ? undefined : `must have at most ${MAX_TEXT} characters`;
  }
  return typeof operand === 'number' || typeof operand === 'boolean' ? undefined : 'must be text, a number, true or false';
}

function isLimit(operand: unknown): boolean {
  return typeof operand === 'number' || (typeof operand === 'string' && instantSchema.safeParse(operand).success);
}
