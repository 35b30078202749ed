import type { Schemas } from '../../../../client/index.ts';

export type Filter = Schemas['Filter'];

export const OPERATORS = ['eq', 'in', 'exists', 'missing', 'gt', 'gte', 'lt', 'lte', 'startsWith'] as const;
export type Operator = (typeof OPERATORS)[number];

/** A comparison as it is typed. */
export interface Condition {
  /** Its own among the conditions of a form. */
  readonly id: number;
  readonly path: string;
  readonly operator: Operator;
  readonly value: string;
}

export interface Conditions {
  readonly match: 'all' | 'any';
  readonly conditions: readonly Condition[];
}

/** A filter as a list of conditions; undefined for one that is nested deeper. */
export function conditionsOf(filter: Filter | null): Conditions | undefined {
  if (filter === null) return { match: 'all', conditions: [] };
  const given = filter as Readonly<Record<string, unknown>>;
  const match = 'any' in given ? 'any' : 'all';
  const list = (given[match] ?? [given]) as readonly Readonly<Record<string, unknown>>[];
  const conditions = list.map((one, index) => conditionOf(one, index));
  return conditions.includes(undefined) ? undefined : { match, conditions: conditions as Condition[] };
}

function conditionOf(given: Readonly<Record<string, unknown>>, id: number): Condition | undefined {
  const { path } = given;
  if (typeof path !== 'string') return undefined;
  if ('exists' in given) return { id, path, operator: given.exists === true ? 'exists' : 'missing', value: '' };
  const operator = OPERATORS.find((name) => name in given);
  if (operator === undefined) return undefined;
  const value = given[operator];
  return { id, path, operator, value: Array.isArray(value) ? value.map(shown).join(', ') : shown(value) };
}

/** A text that reads like a number or yes/no stays a text in quotes. */
function shown(value: unknown): string {
  return typeof value === 'string' && typeof operandOf(value) !== 'string' ? JSON.stringify(value) : String(value);
}

/** The filter that conditions mean; null: none. Conditions without a path or a value are left out. */
export function filterOf({ match, conditions }: Conditions): Filter | null {
  const complete = conditions.filter(isComplete).map(comparisonOf);
  if (complete.length === 0) return null;
  return (complete.length === 1 ? complete[0] : { [match]: complete }) as Filter;
}

export function isComplete({ path, operator, value }: Condition): boolean {
  return path.startsWith('/') && (operator === 'exists' || operator === 'missing' || value.trim() !== '');
}

function comparisonOf({ path, operator, value }: Condition): object {
  if (operator === 'exists' || operator === 'missing') return { path, exists: operator === 'exists' };
  if (operator === 'in') return { path, in: value.split(',').map((one) => operandOf(one.trim())) };
  if (operator === 'startsWith') return { path, startsWith: value };
  return { path, [operator]: operandOf(value.trim()) };
}

/** `12` is a number, `true` is yes, and everything else, and what is in quotes, is a text. */
function operandOf(text: string): string | number | boolean {
  if (text === 'true' || text === 'false') return text === 'true';
  if (/^-?\d+(\.\d+)?$/.test(text)) return Number(text);
  return /^".*"$/.test(text) ? text.slice(1, -1) : text;
}
