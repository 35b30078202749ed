import { z } from 'zod';
import { postedEventSchema } from './event.ts';
import { type Comparison, comparisonOf, type Filter } from './filter.ts';
import { type FieldError, pointerTo } from './json.ts';
import { tokensOf } from './pointer.ts';
import { limitedSuggest, type Suggest } from './suggest.ts';
import type { Template } from './template.ts';
import type { PassTrigger } from './trigger.ts';

/** The part of JSON Schema that events use. */
interface Schema {
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, Schema>>;
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly anyOf?: readonly Schema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
}

export interface FilterTarget {
  readonly trigger: PassTrigger;
  /** Undefined: all templates of the tenant. */
  readonly template: Template | undefined;
}

interface Checking extends FilterTarget {
  readonly near: Suggest;
  readonly errors: FieldError[];
  readonly warnings: FieldError[];
}

/**
 * Checks what a filter names against the event of the trigger and the fields of the template.
 *
 * @param at JSON Pointer of the filter in the request
 */
export function checkFilter(
  filter: Filter,
  target: FilterTarget,
  at: string,
): { readonly errors: readonly FieldError[]; readonly warnings: readonly FieldError[] } {
  const checking: Checking = { ...target, near: limitedSuggest(), errors: [], warnings: [] };
  checkCondition(filter, at, checking);
  return checking;
}

function checkCondition(filter: Filter, at: string, checking: Checking): void {
  if ('not' in filter) {
    checkCondition(filter.not, pointerTo(at, 'not'), checking);
    return;
  }
  if ('path' in filter) {
    checkComparison(filter, at, checking);
    return;
  }
  const [name, members] = 'all' in filter ? (['all', filter.all] as const) : (['any', filter.any] as const);
  for (const [index, member] of members.entries()) checkCondition(member, pointerTo(pointerTo(at, name), index), checking);
}

function checkComparison(condition: Comparison, at: string, checking: Checking): void {
  const found = find(condition.path, checking);
  const path = pointerTo(at, 'path');
  if (found.kind === 'unknown') {
    checking.errors.push({ pointer: path, detail: found.detail });
    return;
  }
  if (found.kind === 'open') {
    if (found.detail !== undefined) checking.warnings.push({ pointer: path, detail: found.detail });
    return;
  }
  const { name } = comparisonOf(condition);
  const detail = wrongFor(found.schema, condition);
  if (detail !== undefined) checking.errors.push({ pointer: pointerTo(at, name), detail });
}

type Found =
  | { readonly kind: 'known'; readonly schema: Schema }
  /** What is there depends on the event. */
  | { readonly kind: 'open'; readonly detail?: string }
  | { readonly kind: 'unknown'; readonly detail: string };

function find(path: string, { trigger, template, near }: Checking): Found {
  let schema = schemaOf(trigger);
  let at = '';
  for (const token of tokensOf(path)) {
    const known = Object.keys(schema.properties ?? {});
    const below = schema.properties?.[token];
    if (below) schema = below;
    else if (at === '/pass/fields') return findField(token, template, near);
    else if (schema.additionalProperties) return { kind: 'open' };
    else return { kind: 'unknown', detail: unknown(at, token, trigger, known, near) };
    at = pointerTo(at, token);
  }
  return { kind: 'known', schema };
}

function findField(key: string, template: Template | undefined, near: Suggest): Found {
  if (!template) return { kind: 'open', detail: 'is not checked: the subscription is to all templates' };
  const keys = template.fields.map((field) => field.key);
  if (keys.includes(key)) return { kind: 'open' };
  return { kind: 'unknown', detail: `is not a field of the template${hintOf(near(key, () => keys))}` };
}

function unknown(at: string, token: string, trigger: PassTrigger, known: readonly string[], near: Suggest): string {
  if (known.length === 0) return `${at} has no members`;
  const hint = hintOf(near(token, () => known)) || `; it has ${known.join(', ')}`;
  return `${at || 'the event'} of ${trigger} has no ${token}${hint}`;
}

function hintOf(nearest: string | undefined): string {
  return nearest === undefined ? '' : `; did you mean ${nearest}?`;
}

/** What is wrong about comparing a member of this type so. */
function wrongFor(schema: Schema, condition: Comparison): string | undefined {
  const { name, operand } = comparisonOf(condition);
  if (name === 'exists') return undefined;
  if (schema.properties || schema.additionalProperties || schema.type === 'array') {
    return 'cannot be compared: the path names an object; only exists can be asked of it';
  }
  const values = schema.const === undefined ? schema.enum : [schema.const];
  const operands = Array.isArray(operand) ? operand : [operand];
  if (values && (name === 'eq' || name === 'in')) {
    const impossible = operands.find((one) => !values.includes(one));
    return impossible === undefined
      ? undefined
      : `${JSON.stringify(impossible)} cannot occur; the values are ${values.join(', ')}`;
  }
  const wrong = operands.find((one) => !isOfType(schema, typeof one));
  return wrong === undefined ? undefined : `must be ${typeNames(schema)}, as the member is`;
}

function isOfType({ type }: Schema, name: string): boolean {
  const types = typeof type === 'string' ? [type] : (type ?? [name]);
  return types.includes(name) || (name === 'number' && types.includes('integer'));
}

const TYPE_NAMES: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  integer: 'a number',
  boolean: 'true or false',
};

function typeNames({ type }: Schema): string {
  const types = typeof type === 'string' ? [type] : (type ?? []);
  return types.flatMap((one) => TYPE_NAMES[one] ?? []).join(' or ');
}

const schemas = new Map<PassTrigger, Schema>();

/** The first install of a pass is an install; a filter sees `type` as what the event is derived as. */
function schemaOf(trigger: PassTrigger): Schema {
  const known = schemas.get(trigger);
  if (known) return known;
  const posted = trigger === 'pass.first_installed' ? 'pass.installed' : trigger;
  const option = postedEventSchema.options.find(({ shape }) => shape.type.value === posted);
  if (!option) throw new Error(`no event is posted for ${trigger}`);
  const document = z.toJSONSchema(option, { io: 'input', unrepresentable: 'any' }) as Schema;
  const schema = resolved(document, document.$defs ?? {});
  const named: Schema = { ...schema, properties: { ...schema.properties, type: { const: trigger } } };
  schemas.set(trigger, named);
  return named;
}

/** The schema with its references replaced, and without null: a member that may be null is compared as what it is otherwise. */
function resolved(schema: Schema, defs: Readonly<Record<string, Schema>>): Schema {
  const named = schema.$ref === undefined ? undefined : defs[schema.$ref.replace('#/$defs/', '')];
  if (named) return resolved(named, defs);
  const options = schema.anyOf?.filter((one) => one.type !== 'null') ?? [];
  if (options.length === 1 && options[0]) return resolved(options[0], defs);
  if (!schema.properties) return schema;
  const members = Object.entries(schema.properties).map(([name, member]) => [name, resolved(member, defs)]);
  return { ...schema, properties: Object.fromEntries(members) };
}
